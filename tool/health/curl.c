// SPDX-License-Identifier: GPL-2.0
/* libcurl on demand */
#include "curl.h"

#include <dlfcn.h>
#include <stdio.h>

/* the name of its ABI since 2006 */
#define LIBRARY	"libcurl.so.4"

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

/**
 * lb_curl_load() - have lb_curl's functions, loading the library if need be
 *
 * Return: NULL, or why not, valid until the next call.
 */
const char *lb_curl_load(void)
{
	const char *why;

	if (library)
		return NULL;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return dlerror();
	why = find_functions();
	if (!why && lb_curl.global_init(CURL_GLOBAL_NOTHING))
		why = LIBRARY " does not work";
	if (why) {
		dlclose(library);
		library = NULL;
	}
	return why;
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
