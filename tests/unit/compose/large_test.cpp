#include "files.hpp"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

/// Documents of the maximum size are either answered quickly or refused because of their expanded size.
namespace dockerext::compose {
namespace {

constexpr std::size_t largest = 950'000;  ///< bytes; just below the limit, with newlines escaped
constexpr double answer_timeout = 30;  ///< seconds; a case takes at most one, or minutes if it is quadratic

/// Repeats `item` after `text` as often as fits before `tail`; "N" in an item stands for its number.
std::string padded_document(std::string text, const std::string& item, const std::string& tail) {
    for (std::size_t number = 0;; ++number) {
        std::string next = item;
        for (std::size_t at; (at = next.find('N')) != std::string::npos;)
            next.replace(at, 1, std::to_string(number));
        if (text.size() + next.size() + tail.size() > largest) return text + tail;
        text += next;
    }
}

std::string services(const std::string& item) {
    return padded_document("services:\n  first: {image: x}\n", "  " + item + "\n", "");
}

std::string of_web(const std::string& key, const std::string& item) {
    const bool map = item.find(": ") != std::string::npos;
    return padded_document("services: {web: {image: x, " + key + ": " + (map ? "{" : "["), item + ", ",
                           map ? "}}}" : "]}}");
}

struct Answer {
    Loaded loaded;
    double seconds = 0;
};

Answer answer(const Input& input) {
    const std::clock_t start = std::clock();
    Answer made{load(input)};
    made.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    return made;
}

TEST(Large, DocumentsAreLoadedQuickly) {
    const std::vector<std::string> table{
        services("sN: {image: x}"),
        services("sN: {image: x, container_name: c}"),
        services("sN: {image: x, depends_on: [xN]}"),
        services("sN: {image: x, extends: xN}"),
        services("sN: {extends: first, cap_add: [A]}"),
        of_web("environment", "KN: $VN"),  // one warning each
        of_web("environment", "KN: []"),   // one problem each
        of_web("depends_on", "sN: {}"),
        of_web("ports", "'[::N]:1-65535:1-65535'"),
        padded_document("services: {web: {image: x, command: \"", "${A:-", "\"}}"),
        padded_document("", "---\nservices: {web: {image: x, labels: [aN=1]}}\n", ""),
    };
    for (const std::string& yaml : table) {
        SCOPED_TRACE(yaml.substr(0, 100));
        const Answer made = answer(input_of_yaml(yaml));
        EXPECT_EQ(to_text(made.loaded.problems).find("more than the 1048576 allowed"), std::string::npos);
        EXPECT_LT(made.seconds, answer_timeout);
    }
}

/// Each service extends the next one.
TEST(Large, ChainsOfExtendsAreFollowed) {
    std::string text = R"({"services": {)";
    std::size_t number = 0;
    for (; text.size() < largest - 100; ++number) {
        text += "\"s" + std::to_string(number) + R"(": {"extends": "s)" + std::to_string(number + 1) + "\"},";
    }
    const Answer made = answer(input_of(text + "\"s" + std::to_string(number) + R"(": {"image": "x"}}})"));
    EXPECT_TRUE(made.loaded.project.has_value());
    EXPECT_LT(made.seconds, answer_timeout);
}

TEST(Large, ExpansionBeyondTheLimitIsRefused) {
    const Files files{{"/project/a", padded_document("", "KN=v\n", "")},
                      {"/project/a.json", padded_document("[", "0,", "0]")},
                      {"/project/a.yml",
                       padded_document("services:\n  a:\n    image: x\n    labels:\n", "      kN: v\n", "")}};
    const std::vector<std::string> table{
        services("sN: {image: x, env_file: a}"),
        services("sN: {image: x, env_file: [{path: a, format: raw}]}"),
        services("sN: {image: x, label_file: a}"),
        services("sN: {image: x, security_opt: ['seccomp:a.json']}"),
        services("sN: {extends: {file: a.yml, service: a}}"),
        services("sN: {image: x, environment: [BIG]}"),
        services("sN: {image: x, configs: [c]}") + "configs: {c: {environment: BIG}}\n",
    };
    for (const std::string& yaml : table) {
        SCOPED_TRACE(yaml.substr(0, 100));
        Input input = input_with(yaml, files);
        input.environment["BIG"] = std::string(largest, 'x');
        const Answer made = answer(input);
        EXPECT_NE(to_text(made.loaded.problems).find("too large"), std::string::npos);
        EXPECT_LT(made.seconds, answer_timeout);
    }
}

TEST(Large, RepeatedLabelFilesAreReadQuickly) {
    const Files files{{"/project/a", padded_document("", "KN=v\n", "")}, {"/project/b", "B=1\n"}};
    const Answer made = answer(
        input_with(padded_document("services: {web: {image: x, label_file: [a, ", "b, ", "b]}}"), files));
    EXPECT_TRUE(made.loaded.project.has_value()) << to_text(made.loaded.problems);
    EXPECT_LT(made.seconds, answer_timeout);
}

TEST(Large, LongKeysRepeatedInEveryPointerAreRefused) {
    const std::string document =
        padded_document("{\"x-" + std::string(largest / 2, 'k') + "\": [", "0,", "0]}");
    EXPECT_NE(problems_of(document).find("the keys make the document too large"), std::string::npos);
}

}  // namespace
}  // namespace dockerext::compose
