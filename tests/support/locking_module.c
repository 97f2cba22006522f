/* A PKCS#11 module that passes everything on to another one, but counts wrong PINs and locks, as
 * tokens do and SoftHSM2 does not. Built by tests/support/locking.py.
 *
 * LOCKING_MODULE  the module behind
 * LOCKING_STATE   a file with three numbers: wrong PINs in a row, calls of C_Login, and whether the
 *                 token was pulled out (1)
 *
 * The third wrong PIN locks. Numbers and layouts: PKCS#11 2.40.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long ulong_t;
typedef ulong_t (*function_t)(void);
typedef struct { unsigned char major, minor; function_t f[68]; } list_t;
typedef struct { unsigned char text[96]; ulong_t flags; } token_info_t;

enum { GET_TOKEN_INFO = 6, CLOSE_ALL_SESSIONS = 14, LOGIN = 18, SIGN_INIT = 42 };
enum { COUNT_LOW = 0x10000, FINAL_TRY = 0x20000, LOCKED = 0x40000 };
enum { DEVICE_REMOVED = 0x32, PIN_INCORRECT = 0xA0, PIN_LOCKED = 0xA4, TRIES = 3 };

static list_t *behind, ours;

static void state(int write, int *wrong, int *logins, int *removed)
{
    FILE *file = fopen(getenv("LOCKING_STATE"), write ? "w" : "r");
    if (!file) { if (!write) *wrong = *logins = *removed = 0; return; }
    if (write) fprintf(file, "%d %d %d", *wrong, *logins, *removed);
    else if (fscanf(file, "%d %d %d", wrong, logins, removed) != 3) *wrong = *logins = *removed = 0;
    fclose(file);
}

static ulong_t get_token_info(ulong_t slot, token_info_t *info)
{
    int wrong, logins, removed;
    ulong_t rv = ((ulong_t (*)(ulong_t, token_info_t *))behind->f[GET_TOKEN_INFO])(slot, info);
    state(0, &wrong, &logins, &removed);
    info->flags &= ~(ulong_t)(COUNT_LOW | FINAL_TRY | LOCKED);
    if (wrong > 0) info->flags |= COUNT_LOW;
    if (wrong == TRIES - 1) info->flags |= FINAL_TRY;
    if (wrong >= TRIES) info->flags |= LOCKED;
    return rv;
}

static ulong_t login(ulong_t session, ulong_t user, unsigned char *pin, ulong_t length)
{
    int wrong, logins, removed;
    ulong_t rv;
    state(0, &wrong, &logins, &removed);
    logins++;
    if (wrong >= TRIES) { rv = PIN_LOCKED; }
    else {
        rv = ((ulong_t (*)(ulong_t, ulong_t, unsigned char *, ulong_t))behind->f[LOGIN])(
            session, user, pin, length);
        if (rv == PIN_INCORRECT) { if (++wrong >= TRIES) rv = PIN_LOCKED; }
        else if (rv == 0) wrong = 0;
    }
    state(1, &wrong, &logins, &removed);
    return rv;
}

static ulong_t sign_init(ulong_t session, void *mechanism, ulong_t key)
{
    int wrong, logins, removed;
    state(0, &wrong, &logins, &removed);
    if (removed) return DEVICE_REMOVED;
    return ((ulong_t (*)(ulong_t, void *, ulong_t))behind->f[SIGN_INIT])(session, mechanism, key);
}

ulong_t C_CloseAllSessions(ulong_t slot)
{
    return ((ulong_t (*)(ulong_t))behind->f[CLOSE_ALL_SESSIONS])(slot);
}

ulong_t C_GetFunctionList(list_t **list)
{
    void *module = dlopen(getenv("LOCKING_MODULE"), RTLD_NOW);
    ulong_t (*get)(list_t **) = module ? (ulong_t (*)(list_t **))dlsym(module, "C_GetFunctionList") : 0;
    ulong_t rv = get ? get(&behind) : 5;
    if (rv) return rv;
    memcpy(&ours, behind, sizeof ours);
    ours.f[GET_TOKEN_INFO] = (function_t)get_token_info;
    ours.f[LOGIN] = (function_t)login;
    ours.f[SIGN_INIT] = (function_t)sign_init;
    ours.f[3] = (function_t)C_GetFunctionList;
    *list = &ours;
    return 0;
}
