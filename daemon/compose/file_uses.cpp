#include "compose/file_uses.hpp"

#include <charconv>
#include <string>

namespace dockerext::compose {
namespace {

class FileUse {
public:
    FileUse(const FileReference& file, const FileObject& object, std::string_view what,
            Diagnostics& diagnostics)
        : file_(file),
          object_(object),
          name_(std::string(what) + " '" + file.source + "' "),
          diagnostics_(diagnostics) {}

    void check_in_container(const Service& service) {
        if (object_.external)
            return complain("is external, which only Swarm supports: use 'file' or 'environment'");
        if (!object_.driver.empty() || !object_.template_driver.empty())
            return complain("has a driver, which only Swarm supports");
        if (!check_content() || !object_.value) return;
        if (service.read_only) return complain("cannot be copied into a read_only container: use 'file'");
        check_access();
    }

    void check_in_stack() {
        if (!object_.driver.empty()) return complain("has a driver, which is not supported");
        if (!object_.template_driver.empty() && object_.template_driver != "golang")
            return complain("has a template_driver that the engine does not know: use golang");
        if (object_.external || check_content()) check_access();
    }

private:
    void complain(const std::string& text) { diagnostics_.problems.add(file_.pointer, name_ + text); }

    /// False after a problem.
    bool check_content() {
        const std::size_t problems = diagnostics_.problems.count();
        if (!object_.environment.empty() && !object_.value) {
            diagnostics_.unset.insert(file_.pointer);
            complain("takes the variable '" + object_.environment + "', which is not set");
        } else if (!object_.value && object_.file.empty()) {
            complain("has neither file, environment nor content");
        } else if (object_.value && !diagnostics_.spend(object_.value->reveal().size())) {
            complain("makes the document too large");
        }
        return diagnostics_.problems.count() == problems;
    }

    void check_access() {
        if (file_.mode && (*file_.mode < 0 || *file_.mode > 07777)) complain("needs a mode from 0 to 07777");
        for (const std::string& id : {file_.uid, file_.gid}) {
            std::uint32_t number = 0;
            const char* const end = id.data() + id.size();
            const auto parsed = std::from_chars(id.data(), end, number);
            if (!id.empty() && (parsed.ec != std::errc() || parsed.ptr != end))
                complain("needs a number for uid and gid, found '" + id + "'");
        }
    }

    const FileReference& file_;
    const FileObject& object_;
    const std::string name_;
    Diagnostics& diagnostics_;
};

}  // namespace

void check_file_use(const Service& service, const FileReference& file, const FileObject& object,
                    std::string_view what, Form form, Diagnostics& diagnostics) {
    FileUse use(file, object, what, diagnostics);
    if (form == Form::stack) use.check_in_stack();
    else use.check_in_container(service);
}

}  // namespace dockerext::compose
