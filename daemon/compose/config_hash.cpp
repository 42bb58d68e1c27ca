#include "compose/config_hash.hpp"

#include "compose/key.hpp"

namespace dockerext::compose {

std::string hash_document(const Service& service) {
    CanonicalJson json;
    json.open_object();
    for (const Key* key : all_keys()) {
        if (key->field.write) key->field.write(service, key->field.name, json);
    }
    json.close_object();
    return json.text();
}

}  // namespace dockerext::compose
