def pytest_addoption(parser):
    parser.addoption("--shard", action="store_true", help="run only the tests assigned to this engine or release")
