// libcrypto's SHA-1, which WebSocket's handshake asks for, and what passwords are hashed with.
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
