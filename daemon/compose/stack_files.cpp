#include "compose/stack_files.hpp"

namespace dockerext::compose {
namespace {

class ContentReader {
public:
    ContentReader(Sources& sources, Diagnostics& diagnostics)
        : sources_(sources), diagnostics_(diagnostics) {}

    void read(const std::vector<FileReference>& references, std::map<std::string, FileObject>& objects) {
        for (const FileReference& file : references) {
            const auto object = objects.find(file.source);
            if (object != objects.end()) read(object->second);
        }
    }

private:
    void read(FileObject& object) {
        if (object.external || object.value || object.file.empty()) return;
        const auto text = sources_.text(object.file);
        if (text) object.value = Secret(std::string(*text));
        else
            diagnostics_.problems.add(object.pointer + "/file",
                                      "'" + object.file + "': " + text.error().message());
    }

    Sources& sources_;
    Diagnostics& diagnostics_;
};

}  // namespace

void read_stack_files(Project& project, Sources& sources, Diagnostics& diagnostics) {
    ContentReader reader(sources, diagnostics);
    for (const auto& [name, service] : project.services) {
        reader.read(service.configs, project.configs);
        reader.read(service.secrets, project.secrets);
    }
}

}  // namespace dockerext::compose
