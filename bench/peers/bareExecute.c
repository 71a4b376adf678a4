// The least that executions of a program cost: PJRT's C API called from C, in a loop that does nothing else. Two float32 [1] arguments,
// of which result 0 takes the first one's memory over; two results. For `bench/pjrt.ts`, which hands over the offsets of the functions.
//
// bareExecute plugin program.mlir options.pb offset... ; for each line on stdin with a count, microseconds an execution on stdout.
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef void *(*Function)(void *);

enum { INITIALIZE, CREATE, DEVICES, COMPILE, UPLOAD, AWAIT, DESTROY_EVENT, EXECUTE, DESTROY_BUFFER, ERROR_MESSAGE, FUNCTIONS };

static Function table[FUNCTIONS];

// arguments are rows of 64-bit words: size in bytes, extensions, fields
static void call(int name, uint64_t *args, int words) {
  args[0] = (uint64_t)words * 8;
  void *error = table[name](args);
  if (error == NULL) return;
  uint64_t message[5] = {40, 0, (uint64_t)error, 0, 0};
  table[ERROR_MESSAGE](message);
  fprintf(stderr, "%.*s\n", (int)message[4], (const char *)message[3]);
  exit(1);
}

static char *contents(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  char *bytes = malloc(1 << 20);
  *length = fread(bytes, 1, 1 << 20, file);
  fclose(file);
  return bytes;
}

static void await(uint64_t event) {
  uint64_t args[3] = {0, 0, event};
  call(AWAIT, args, 3);
  call(DESTROY_EVENT, args, 3);
}

static uint64_t upload(uint64_t client, uint64_t device, float *value) {
  int64_t shape[1] = {1};
  uint64_t args[15] = {0, 0, client, (uint64_t)value, 11, (uint64_t)shape, 1, 0, 0, 0, device};
  call(UPLOAD, args, 15);
  await(args[13]);
  return args[14];
}

int main(int argc, char **argv) {
  if (argc != 4 + FUNCTIONS) return fprintf(stderr, "a plugin, a program, options and %d offsets are expected\n", FUNCTIONS), 2;
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_NODELETE);
  if (library == NULL) return fprintf(stderr, "%s\n", dlerror()), 1;
  char *api = ((char *(*)(void))dlsym(library, "GetPjrtApi"))();
  for (int i = 0; i < FUNCTIONS; i++) table[i] = *(Function *)(api + atoi(argv[4 + i]));
  uint64_t none[2] = {0};
  call(INITIALIZE, none, 2);
  uint64_t created[11] = {0};
  call(CREATE, created, 11);
  uint64_t client = created[8];
  uint64_t devices[5] = {0, 0, client};
  call(DEVICES, devices, 5);
  uint64_t device = *(uint64_t *)devices[3];
  size_t length, optionsLength;
  char *text = contents(argv[2], &length), *options = contents(argv[3], &optionsLength);
  uint64_t program[6] = {48, 0, (uint64_t)text, length, (uint64_t)"mlir", 4};
  uint64_t compiled[7] = {0, 0, client, (uint64_t)program, (uint64_t)options, optionsLength};
  call(COMPILE, compiled, 7);
  float zero = 0, one = 1;
  uint64_t arguments[2] = {upload(client, device, &zero), upload(client, device, &one)}, results[2], event;
  uint64_t *argumentList = arguments, *resultList = results, executeOptions[14] = {14 * 8};
  int count;
  while (scanf("%d", &count) == 1) {
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int i = 0; i < count; i++) {
      uint64_t args[10] = {0, 0, compiled[6], (uint64_t)executeOptions, (uint64_t)&argumentList, 1, 2, (uint64_t)&resultList, (uint64_t)&event, 0};
      call(EXECUTE, args, 10);
      await(event);
      uint64_t old[3] = {0, 0, arguments[0]}, output[3] = {0, 0, results[1]};
      call(DESTROY_BUFFER, old, 3);
      call(DESTROY_BUFFER, output, 3);
      arguments[0] = results[0];
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%.3f\n", ((ended.tv_sec - began.tv_sec) * 1e6 + (ended.tv_nsec - began.tv_nsec) / 1e3) / count);
    fflush(stdout);
  }
  _exit(0);
}
