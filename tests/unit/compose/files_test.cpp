#include "files.hpp"

#include <gtest/gtest.h>

namespace dockerext::compose {
namespace {

std::string problems_with(const std::string& yaml, Files files) {
    return to_text(load(input_with(yaml, std::move(files))).problems);
}

TEST(Files, AreRefusedWithPathKeyAndLocation) {
    struct Row {
        std::string yaml;
        Files files;
        std::string problems;
    };
    const std::vector<Row> table{
        {"services:\n  web:\n    image: x\n    env_file: [no.env]\n",
         {},
         "/compose/services/web/env_file/0: line 4, column 16: '/project/no.env': no such file\n"},
        {"services:\n  web:\n    image: x\n    env_file: a.env\n",
         {{"/project/a.env", "A=1\nB C=2"}},
         "/compose/services/web/env_file: line 4, column 15: '/project/a.env': line 2: a variable's name "
         "cannot contain a space\n"},
        {"services:\n  web:\n    image: x\n    env_file: [{path: a, format: x}]\n",
         {{"/project/a", ""}},
         "/compose/services/web/env_file/0/format: line 4, column 34: expected raw or .env, found 'x'\n"},
        {"services:\n  web:\n    image: x\n    env_file: utf16.env\n",
         {{"/project/utf16.env", std::string("\xFF\xFE"
                                             "A\0=\0",
                                             6)}},
         "/compose/services/web/env_file: line 4, column 15: '/project/utf16.env': a NUL character is not "
         "allowed\n"},
        {"services:\n  web:\n    image: x\n    label_file: /no\n",
         {},
         "/compose/services/web/label_file: line 4, column 17: '/no': no such file\n"},
        {"services:\n  web:\n    extends: {service: b, file: ../b.yml}\n    image: x\n",
         {},
         "/compose/services/web/extends/file: line 3, column 33: '/b.yml': no such file\n"},
        {"services:\n  web:\n    extends: {service: b, file: b.yml}\n",
         {{"/project/b.yml", "a: b: c"}},
         "/compose/services/web: line 2, column 3: 'image' or 'build' is missing\n"
         "/compose/services/web/extends/file: line 3, column 33: '/project/b.yml': line 1, column 5: mapping "
         "values are not allowed in this context\n"},
        {"services:\n  web:\n    extends: {service: bse, file: b.yml}\n    image: x\n",
         {{"/project/b.yml", "services: {base: {}}"}},
         "/compose/services/web/extends: line 3, column 5: service 'bse' is not defined in '/project/b.yml'; "
         "did you mean 'base'?\n"},
        {"services:\n  web:\n    extends: {service: b, file: b.yml}\n",
         {{"/project/b.yml", "services:\n  b:\n    image: x\n    ports:\n    - a:80\n"}},
         "/project/b.yml#/services/b/ports/0: line 5, column 7: invalid port 'a:80': host port is not a "
         "number or range: a\n"},
        {"services:\n  a: {extends: b, image: x}\n  b: {extends: c, image: x}\n  c: {extends: b, image: x}\n",
         {},
         "/compose/services/c/extends: line 4, column 16: it extends itself: a -> b -> c -> b\n"},
        {"services:\n  a: {extends: {service: b, path: c}, image: x}\n  b: {}\n",
         {},
         "/compose/services/a/extends/path: line 2, column 35: unknown key 'path' of extends\n"
         "/compose/services/b: line 3, column 3: 'image' or 'build' is missing\n"},
        {"services:\n  a: {extends: b, image: x}\n  b: {image: x, ulimits: [5]}\n",
         {},
         "/compose/services/b/ulimits: line 3, column 17: expected map, found list\n"},
        {"include:\n- no.yml\nservices: {}\n",
         {},
         "/compose/include/0: line 2, column 3: '/project/no.yml': no such file\n"},
        {"include: a.yml\nservices: {}\n",
         {},
         "/compose/include: line 1, column 10: expected list, found string\n"},
        {"include:\n- {path: a.yml, foo: 1}\n- {env_file: a}\nservices: {}\n",
         {},
         "/compose/include/0/foo: line 2, column 22: unknown key 'foo' of an include\n"
         "/compose/include/1: line 3, column 3: 'path', the file to include, is missing\n"},
        {"include: [shadow]\nservices: {}\n",
         {{"/project/shadow", "root:$6$abc:1:::\nname:\n"}},
         "/compose/include/0: line 1, column 11: '/project/shadow' is not a Compose file: it has no "
         "services\n"},
        {"include: [a.yml]\nservices: {}\n",
         {{"/project/a.yml", "include: [b.yml]"}, {"/project/b.yml", "include: [a.yml]"}},
         "/project/b.yml#/include/0: line 1, column 11: '/project/a.yml' includes itself\n"},
        {"include: [a.yml]\nservices: {web: {image: y}}\n",
         {{"/project/a.yml", "services:\n  web: {image: x}\n"}},
         "/project/a.yml#/services/web: line 2, column 3: 'web' of services is already defined differently "
         "by the including file\n"},
        {"include: [shadow]\nservices: {}\n",
         {{"/project/shadow", "root:$6$abc:1:::\nname:\n"}},
         "/compose/include/0: line 1, column 11: '/project/shadow' is not a Compose file: it has no "
         "services\n"},
        {"include: [a.yml]\nservices: {}\n",
         {{"/project/a.yml", "services: {}\nweb: {image: x}"}},
         "/project/a.yml#/web: line 2, column 1: unknown key 'web' of the document\n"},
        {"include:\n- path: a.yml\n  env_file: no.env\nservices: {}\n",
         {{"/project/a.yml", "services: {}"}},
         "/compose/include/0: line 2, column 3: '/project/no.env': no such file\n"},
        {"services:\n  web: {image: x, hostname: a}\n---\nservices:\n  web: {hostname: [b], ports: 5}\n",
         {},
         "/compose#2/services/web/hostname: line 5, column 9: expected string, found list\n"
         "/compose#2/services/web/ports: line 5, column 31: expected list, found number\n"},
        {"services:\n  web: {image: x, models: [a]}\n---\nservices:\n  web: {models: [b]}\n",
         {},
         "/compose/services/web/models: line 2, column 19: 'models' needs the docker compose program itself "
         "and "
         "is not supported\n"},
    };
    for (const Row& row : table) EXPECT_EQ(problems_with(row.yaml, row.files), row.problems) << row.yaml;
}

TEST(Files, AreRefusedWithoutAReader) {
    const std::string problems = problems_of_yaml("services: {web: {image: x, env_file: a}}");
    EXPECT_NE(problems.find("'/project/a': files cannot be read here"), std::string::npos) << problems;
}

TEST(Files, IncludedTooDeeplyAreRefused) {
    Files files;
    for (int i = 0; i < 100; ++i) {
        files["/project/" + std::to_string(i)] = "include: ['" + std::to_string(i + 1) + "']";
    }
    const std::string problems = problems_with("include: ['0']\nservices: {}", files);
    EXPECT_NE(problems.find("files include each other too deeply"), std::string::npos) << problems;
}

TEST(Extends, CannotExhaustMemory) {
    std::string yaml = "services:\n  s0: {image: x, hostname: " + std::string(100'000, 'x') + "}\n";
    for (int i = 1; i < 2000; ++i) {
        yaml += "  s" + std::to_string(i) + ": {extends: s" + std::to_string(i - 1) + "}\n";
    }
    EXPECT_NE(problems_with(yaml, {}).find("the document grows too large"), std::string::npos);
}

}  // namespace
}  // namespace dockerext::compose
