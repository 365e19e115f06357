// libssl, with what Swift cannot import: macros, and a BIO between two regions of memory.
#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

// What a session reads from, and what it writes to. The input is borrowed, the output is grown.
struct openssl_pipe {
  const unsigned char *input;
  size_t input_count;
  unsigned char *output;
  size_t output_count;
  size_t output_capacity;
  BIO_METHOD *method;
};

static int openssl_pipe_read(BIO *bio, char *to, int room) {
  struct openssl_pipe *pipe = (struct openssl_pipe *)BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (pipe->input_count == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  size_t count = (size_t)room < pipe->input_count ? (size_t)room : pipe->input_count;
  memcpy(to, pipe->input, count);
  pipe->input += count;
  pipe->input_count -= count;
  return (int)count;
}

static int openssl_pipe_write(BIO *bio, const char *from, int count) {
  struct openssl_pipe *pipe = (struct openssl_pipe *)BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (count <= 0) return 0;
  size_t needed = pipe->output_count + (size_t)count;
  if (needed > pipe->output_capacity) {
    size_t capacity = needed < 32768 ? 32768 : needed * 2;
    unsigned char *larger = (unsigned char *)realloc(pipe->output, capacity);
    if (larger == NULL) return -1;
    pipe->output = larger;
    pipe->output_capacity = capacity;
  }
  memcpy(pipe->output + pipe->output_count, from, (size_t)count);
  pipe->output_count = needed;
  return count;
}

static long openssl_pipe_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP ? 1 : 0;
}

static int openssl_pipe_create(BIO *bio) {
  BIO_set_init(bio, 1);
  return 1;
}

static inline BIO_METHOD *openssl_pipe_method(void) {
  BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "pipe");
  if (method == NULL) return NULL;
  BIO_meth_set_read(method, openssl_pipe_read);
  BIO_meth_set_write(method, openssl_pipe_write);
  BIO_meth_set_ctrl(method, openssl_pipe_control);
  BIO_meth_set_create(method, openssl_pipe_create);
  return method;
}

// No renegotiation, no compression, the listener's order of ciphers; no buffers while idle.
static inline void openssl_harden(SSL_CTX *context) {
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

// Nothing of a session is kept for another one: each handshake looks at certificates anew.
static inline void openssl_refuse_resumption(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
}

static inline int openssl_set_versions(SSL_CTX *context, int least, int most) {
  return SSL_CTX_set_min_proto_version(context, least) == 1 &&
         SSL_CTX_set_max_proto_version(context, most) == 1;
}

static inline int openssl_choose_dh(SSL_CTX *context) { return SSL_CTX_set_dh_auto(context, 1); }

// Names the host that is meant.
static inline void openssl_name_host(SSL *session, const char *host) {
  ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);
  if (!address) SSL_set_tlsext_host_name(session, host);
  ASN1_OCTET_STRING_free(address);
}

// Lets no certificate but that of the host pass.
static inline void openssl_expect_host(SSL *session, const char *host) {
  X509_VERIFY_PARAM *rules = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1) return;
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(rules, host, 0);
}

// A name as RFC 2253 writes it, with UTF-8 as it is.
static inline int openssl_print_name(BIO *file, const X509_NAME *name) {
  return X509_NAME_print_ex(file, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
