// SPDX-License-Identifier: GPL-2.0
/* libcurl on demand */
#include "curl.h"

#include <dlfcn.h>
#include <stdio.h>

/* as the linker would have written it down; of several flavours */
#ifndef LB_LIBCURL
#define LB_LIBCURL	"libcurl.so.4"
#endif

struct lb_curl lb_curl;
static void *library;

static const char *find_functions(void)
{
	static const struct {
		const char *name;
		void **where;
	} functions[] = {
#define F(name) { "curl_" #name, (void **)&lb_curl.name },
		LB_CURL_FUNCTIONS(F)
#undef F
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		*functions[i].where = dlsym(library, functions[i].name);
		if (!*functions[i].where)
			return dlerror();
	}
	return NULL;
}

static const char *open_library(void)
{
	library = dlopen(LB_LIBCURL, RTLD_NOW | RTLD_LOCAL);
	return library ? find_functions() : dlerror();
}

/**
 * lb_curl_load() - have lb_curl's functions, loading the library if need be
 *
 * Return: NULL, or why not, valid until the next call.
 */
const char *lb_curl_load(void)
{
	static char said[256];
	const char *why;

	if (library)
		return NULL;
	why = open_library();
	if (!why && lb_curl.global_init(CURL_GLOBAL_NOTHING))
		why = LB_LIBCURL " does not work";
	if (!why)
		return NULL;
	/* dlclose() frees what dlerror() has said */
	snprintf(said, sizeof(said), "%s", why);
	if (library)
		dlclose(library);
	library = NULL;
	return said;
}

/**
 * lb_curl_unload() - give back what the library has got
 *
 * The library itself stays: others that came with it are not made to go.
 */
void lb_curl_unload(void)
{
	if (library)
		lb_curl.global_cleanup();
	library = NULL;
}
