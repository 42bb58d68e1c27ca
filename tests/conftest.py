def pytest_addoption(parser):
    parser.addoption("--shard", action="store_true", help="only the tests that fall to this engine or release")
