#include "model/observed.hpp"

#include <gtest/gtest.h>

namespace dockerext::model {
namespace {

using Kind = Subject::Kind;

const Subject web = subject_of(Slot{{"web"}, 1}), data = subject_of(VolumeName{"data"});

TEST(Observed, AnObjectCanBeUnknownAloneOrWithItsKind) {
    struct Case {
        Subject unknown;
        bool web, data, every_container;
    };
    for (const Case& each :
         {Case{web, true, false, false}, Case{subject_of(Slot{{"web"}, 2}), false, false, false},
          Case{every(Kind::container), true, false, false}, Case{engine_facts(), true, false, true},
          Case{data, false, true, true}, Case{every(Kind::volume), false, true, true},
          Case{every(Kind::network), false, false, true}}) {
        SCOPED_TRACE(to_string(each.unknown));
        Observed observed;
        observed.unknown[each.unknown].error = Error(ErrorKind::timeout, "no answer");
        EXPECT_EQ(unknown_of(observed, web) != nullptr, each.web);
        EXPECT_EQ(unknown_of(observed, data) != nullptr, each.data);
        EXPECT_EQ(all_known(Kind::container, observed), each.every_container);
    }
}

TEST(Observed, TheErrorOfTheObjectItselfComesFirst) {
    Observed observed;
    observed.unknown[every(Kind::volume)].error = Error(ErrorKind::timeout, "no list");
    observed.unknown[data].error = Error(ErrorKind::timeout, "no answer");
    EXPECT_EQ(unknown_of(observed, data)->error.message(), "no answer");
}

TEST(ExitCode, IsShownWithItsMeaning) {
    EXPECT_EQ(exit_code_text(3), "3");
    EXPECT_EQ(exit_code_text(127), "127: its command was not found");
    EXPECT_EQ(exit_code_text(139), "139: crashed with SIGSEGV");
    ObservedContainer container;
    container.exit_code = 137;
    EXPECT_EQ(exit_code_text(container), "137: killed by SIGKILL; the engine does not say by whom");
    container.out_of_memory = true;
    EXPECT_EQ(exit_code_text(container), "137: killed, because its memory ran out");
    container.exit_code = 1;
    EXPECT_EQ(exit_code_text(container), "1: a process of it was killed, because its memory ran out");
    container.exit_code = 0;
    EXPECT_EQ(exit_code_text(container), "0");
}

TEST(Observed, SubjectsRoundTripAsText) {
    for (const Subject& subject : {web, data, every(Kind::volume), every(Kind::container), engine_facts()})
        EXPECT_EQ(parse_subject(to_string(subject)), subject) << to_string(subject);
    EXPECT_EQ(to_string(every(Kind::volume)), "any volume");
    EXPECT_FALSE(parse_subject("any thing"));
}

}  // namespace
}  // namespace dockerext::model
