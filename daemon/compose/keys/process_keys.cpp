#include "compose/command.hpp"
#include "compose/image_name.hpp"
#include "compose/key.hpp"

#include <array>

namespace dockerext::compose {
namespace {

template <auto member, auto target>
constexpr Key command_key(std::string_view name) {
    return {{name, read_member_by<member, read_command>, write_command<member>},
            [](const Service& from, const Naming&, model::Service& into) {
                into.container.*target = (from.*member).words;
            }};
}

void read_environment(const Node& node, OptionalStringMap& into, Diagnostics& diagnostics) {
    read_variables(node, into, diagnostics);
    if (into.erase("") > 0) diagnostics.problem(node, "a variable without a name");
}

void apply_image(const Service& from, const Naming&, model::Service& into) {
    into.container.image.value = from.image;
}

constexpr std::array credential_fields = std::to_array<Field<CredentialSpec>>({
    field<&CredentialSpec::config>("config"),
    field<&CredentialSpec::file>("file"),
    field<&CredentialSpec::registry>("registry"),
});

}  // namespace

Table<CredentialSpec> table_of(const CredentialSpec*) { return {"credential_spec", credential_fields}; }

namespace {

void read_credential_spec(const Node& node, std::optional<CredentialSpec>& into, Diagnostics& diagnostics) {
    read(node, into, diagnostics);
    diagnostics.warn(node, "credential_spec is for Windows and has no effect here");
}

using model::ContainerSpec;

}  // namespace

std::span<const Key> process_keys() {
    static constexpr std::array keys = std::to_array<Key>({
        {field<&Service::image, read_image_name>("image"), apply_image},
        command_key<&Service::command, &ContainerSpec::command>("command"),
        command_key<&Service::entrypoint, &ContainerSpec::entrypoint>("entrypoint"),
        {field<&Service::environment, read_environment>("environment"),
         copy_member<&Service::environment, &ContainerSpec::environment>},
        plain_key<&Service::labels, &ContainerSpec::labels>("labels"),
        plain_key<&Service::user, &ContainerSpec::user>("user"),
        plain_key<&Service::working_dir, &ContainerSpec::working_dir>("working_dir"),
        plain_key<&Service::hostname, &ContainerSpec::hostname>("hostname"),
        plain_key<&Service::domainname, &ContainerSpec::domainname>("domainname"),
        plain_key<&Service::tty, &ContainerSpec::tty>("tty"),
        plain_key<&Service::stdin_open, &ContainerSpec::open_stdin>("stdin_open"),
        plain_key<&Service::init, &ContainerSpec::init>("init"),
        plain_key<&Service::runtime, &ContainerSpec::runtime>("runtime"),
        plain_key<&Service::annotations, &ContainerSpec::annotations>("annotations"),
        plain_key<&Service::isolation, &ContainerSpec::isolation>("isolation"),
        plain_key<&Service::platform, &ContainerSpec::platform>("platform"),
        {field<&Service::storage_opt, read_options>("storage_opt"),
         copy_member<&Service::storage_opt, &ContainerSpec::storage_options>},
        {field<&Service::attach>("attach")},  // affects only the output of `docker compose up`
        {field<&Service::credential_spec, read_credential_spec>("credential_spec")},
    });
    return keys;
}

}  // namespace dockerext::compose
