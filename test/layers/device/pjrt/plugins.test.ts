/** Finding a plugin, and what is read from plugins without running one. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach } from "vitest"
import { Writer } from "../../../../src/domain/Protobuf.ts"
import { manifestName } from "../../../../src/layers/device/hosted/install/tools.ts"
import { encode } from "../../../../src/layers/device/pjrt/client/compileOptions.ts"
import { countOpcodes, decode } from "../../../../src/layers/device/pjrt/client/hlo.ts"
import { environmentFor, locate as locateTools } from "../../../../src/layers/device/pjrt/cudaTools.ts"
import { describe as ask, summary } from "../../../../src/layers/device/pjrt/describe.ts"
import { gpus, targetConfig } from "../../../../src/layers/device/pjrt/gpus.ts"
import { cacheFolder, pins, toolsFolder, toolsPin } from "../../../../src/layers/device/pjrt/pins.ts"
import { locate } from "../../../../src/layers/device/pjrt/plugins.ts"
import { targetOf } from "../../../../src/layers/device/pjrt/targets.ts"
import { lastWords } from "../../../../src/layers/device/pjrt/process/lastWords.ts"
import { withXla } from "./available.ts"

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "effect-estimator-pjrt-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (file: string) => {
  const whole = path.join(folder, file)
  mkdirSync(path.dirname(whole), { recursive: true })
  writeFileSync(whole, "")
  return whole
}

const surroundings = (env: { readonly [name: string]: string } = {}) => ({ env, home: folder, packages: [path.join(folder, "python")] })

const found = (asked?: string, env: { readonly [name: string]: string } = {}) => {
  const { file, platform } = Result.getOrThrow(locate(asked, surroundings(env)))
  return [platform, path.relative(folder, file)]
}

const messageFor = (asked?: string, env: { readonly [name: string]: string } = {}) =>
  Result.getOrThrow(Result.flip(locate(asked, surroundings(env)))).message

describe("finding a plugin", () => {
  it("takes what was asked for, then the variables, then what is installed", () => {
    assert.match(messageFor(), /no PJRT plugin is installed\. Run `npx effect-estimator devices install xla-cpu`/)
    const installed = path.join(cacheFolder("cpu", surroundings()), pins.cpu.library)
    put(path.relative(folder, installed))
    assert.match(messageFor(), /no PJRT plugin/, "an unfinished installation is none")
    put(path.relative(folder, path.join(cacheFolder("cpu", surroundings()), manifestName)))
    assert.deepStrictEqual(found(), ["cpu", path.relative(folder, installed)])
    put("python/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so")
    assert.strictEqual(found()[1], "python/lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so")
    const env = { PJRT_NAMES_AND_LIBRARY_PATHS: `mine:${put("mine.so")},other:${put("pjrt_gpu.so")}` }
    assert.deepStrictEqual(found(undefined, env), ["other", "mine.so"])
    assert.deepStrictEqual(found("other", env), ["cuda", "pjrt_gpu.so"])
    const tpu = { ...env, TPU_LIBRARY_PATH: put("lib/libtpu.so") }
    assert.deepStrictEqual(found(undefined, tpu), ["tpu", "lib/libtpu.so"])
    assert.deepStrictEqual(found(undefined, { ...tpu, EFFECT_ESTIMATOR_PJRT_PLUGIN: "cpu" })[0], "cpu")
    assert.deepStrictEqual(found("tpu", tpu), ["tpu", "lib/libtpu.so"])
    assert.deepStrictEqual(found(put("x_cpu.so"), tpu), ["cpu", "x_cpu.so"])
  })

  it("finds libtpu and CUDA's plugin among Python's packages, by name only", () => {
    put("python/libtpu/libtpu.so")
    put("python/jax_plugins/xla_cuda12/xla_cuda_plugin.so")
    assert.match(messageFor(), /no PJRT plugin/)
    assert.deepStrictEqual(found("tpu"), ["tpu", "python/libtpu/libtpu.so"])
    assert.deepStrictEqual(found("cuda"), ["cuda", "python/jax_plugins/xla_cuda12/xla_cuda_plugin.so"])
  })

  it("says which file is not there, and whose wish it was", () => {
    assert.match(messageFor("/nowhere/x.so"), /there is no file \/nowhere\/x\.so \(the plugin that was asked for\)/)
    assert.match(messageFor(undefined, { TPU_LIBRARY_PATH: "/nowhere/libtpu.so" }), /there is no file \/nowhere\/libtpu\.so \(TPU_LIBRARY_PATH\)/)
    assert.match(
      messageFor("cuda"),
      /no plugin for "cuda" is installed\. Run `npx effect-estimator devices install xla-cuda`, or give its path in PJRT_NAMES_AND_LIBRARY_PATHS as `cuda:path`\./
    )
    assert.include(messageFor(folder), `${folder} is a folder (the plugin that was asked for), and a plugin is a file`)
  })

  it("says what is there and cannot be read", () => {
    const loop = path.join(folder, "loop")
    symlinkSync(loop, loop)
    assert.include(messageFor(`${loop}/x.so`), `${loop}/x.so cannot be read (the plugin that was asked for): the system says ELOOP. Run`)
    const installed = cacheFolder("cuda", surroundings())
    mkdirSync(path.dirname(installed), { recursive: true })
    symlinkSync(loop, installed)
    assert.match(
      messageFor("cuda"),
      /no plugin for "cuda" is installed: .*xla_cuda_plugin\.so cannot be read \(installed by `devices install`\): the system says ELOOP/
    )
  })
})

describe("finding CUDA's tools", () => {
  const root = (env: { readonly [name: string]: string } = {}) => {
    const located = locateTools(surroundings(env), path.join(folder, "system"))
    return Result.isSuccess(located) ? path.relative(folder, located.success) : located.failure.message
  }

  it("takes what a variable names, then the PATH, Python's packages, the system, and what is installed", () => {
    assert.match(root(), /compiling for a GPU takes ptxas of CUDA, and none was found\. Run `npx effect-estimator devices install xla-cuda`/)
    const installed = toolsFolder(surroundings())
    put(path.relative(folder, path.join(installed, toolsPin.root, "bin/ptxas")))
    assert.match(root(), /none was found/, "an unfinished installation is none")
    writeFileSync(path.join(installed, manifestName), JSON.stringify({ wheel: toolsPin.sha256 }))
    assert.strictEqual(root(), path.relative(folder, path.join(installed, toolsPin.root)))
    put("system/bin/ptxas")
    assert.strictEqual(root(), "system")
    put(`python/${toolsPin.root}/bin/ptxas`)
    assert.strictEqual(root(), `python/${toolsPin.root}`)
    put("cuda-12/bin/ptxas")
    mkdirSync(path.join(folder, "links"))
    symlinkSync(path.join(folder, "cuda-12/bin/ptxas"), path.join(folder, "links/ptxas"))
    assert.strictEqual(root({ PATH: `/nowhere:${path.join(folder, "links")}` }), "cuda-12", "where the link leads")
    put("home/bin/ptxas")
    assert.strictEqual(root({ CUDA_HOME: path.join(folder, "home"), PATH: path.join(folder, "links") }), "home")
    assert.match(root({ CUDA_HOME: "/nowhere" }), /CUDA_HOME is \/nowhere, which has no bin\/ptxas\. .*CUDA_HOME to the folder/)
  })

  it("has XLA use them, and lets flags of the user count", () => {
    assert.deepStrictEqual(environmentFor("/cuda", { PATH: "/bin", XLA_FLAGS: "--a" }), {
      PATH: "/cuda/bin:/bin",
      XLA_FLAGS: "--xla_gpu_cuda_data_dir=/cuda --a"
    })
    assert.deepStrictEqual(environmentFor("/cuda", {}), { PATH: "/cuda/bin", XLA_FLAGS: "--xla_gpu_cuda_data_dir=/cuda" })
  })
})

describe("what is known of targets and programs", () => {
  it("counts a target's devices, and knows the memory of each", () => {
    const told = (text: string) => {
      const target = targetOf(text)!
      return [target.platform, target.topology, target.devices, target.memoryBytes === undefined ? undefined : target.memoryBytes / 2 ** 30]
    }
    assert.deepStrictEqual(told("tpu:v5e:4x4"), ["tpu", "v5e:4x4", 16, 15.75])
    assert.deepStrictEqual(told("tpu:v4:2x2x1"), ["tpu", "v4:2x2x1", 8, 15.25], "chips of v4 are two devices")
    assert.deepStrictEqual(told("tpu:v99:2x2"), ["tpu", "v99:2x2", 4, undefined])
    assert.deepStrictEqual(told("cuda:h100"), ["cuda", "h100", 1, gpus["h100"]!.memoryBytes / 2 ** 30])
    assert.deepStrictEqual(told("cpu:4"), ["cpu", "", 4, undefined])
    assert.strictEqual(targetOf("cuda:h100:8")!.description["topology"], "1x1x8")
    assert.deepStrictEqual([targetOf("cuda:a100:2x8")!.description["topology"], targetOf("cuda:a100:2x8")!.devices], ["1x2x8", 16])
    const wrong = ["v5e:4x4", "tpu:v5e", "tpu:v5e:4x", "tpu:v5e:0x4", "cuda", "cuda:h101", "cuda:h100:", "cuda:h100:0", "cpu:", "cpu:0", "gpu:h100"]
    for (const text of wrong) assert.isUndefined(targetOf(text), text)
  })

  it("describes a GPU to XLA", () => {
    const text = targetConfig(gpus["h100"]!)
    assert.match(text, /^gpu_device_info \{.*\} platform_name: "CUDA" .*device_description_str: "NVIDIA H100 80GB HBM3"$/)
    assert.include(text, "cuda_compute_capability { major: 9 minor: 0 feature_extension: ACCELERATED_FEATURES }")
    assert.include(text, "device_memory_size: 84942979072")
    assert.notInclude(targetConfig(gpus["v100"]!), "feature_extension")
  })

  it("encodes replicas, partitions and flags as XLA's options", () => {
    assert.deepStrictEqual([...encode({ replicas: 1 })], [0x1a, 4, 0x20, 1, 0x28, 1])
    assert.deepStrictEqual([...encode({ replicas: 2, partitions: 4 })], [0x1a, 9, 0x20, 2, 0x28, 4, 0x30, 1, 0x98, 0x01, 1])
    const flagged = [...encode({ replicas: 1, flags: { ab: false } })]
    assert.deepStrictEqual(flagged.slice(6), [0x3a, 8, 0x0a, 2, 0x61, 0x62, 0x12, 2, 0x10, 0])
  })

  it("counts the operations of an optimised program", () => {
    const instruction = (opcode: string) => new Writer().string(1, "name").string(2, opcode).int(4, 300).double(9, 1)
    const computation = (id: number, ...opcodes: ReadonlyArray<string>) =>
      opcodes.reduce((all, opcode) => all.message(2, instruction(opcode)), new Writer().string(1, "c").int(5, id))
    const module = new Writer()
      .string(1, "m")
      .message(3, computation(1, "add", "all-reduce"))
      .message(3, computation(2, "add"))
    assert.deepStrictEqual(countOpcodes(decode(new Writer().message(1, module).finish())), { add: 2, "all-reduce": 1 })
  })

  it("finds the failed check among what a process said last", () => {
    const log =
      "WARNING: All log messages before absl\nI0000 00:00:01.100000   12 a.cc:1] fine\nF0000 00:00:01.200000   12 b.cc:7] Check failed: x > 0\n*** Check failure stack trace: ***\n    @ 0x1"
    assert.strictEqual(lastWords(log), "Check failed: x > 0 (b.cc:7)")
    assert.strictEqual(lastWords("one\n\ntwo\n"), "one | two")
    const early = "I0000 00:00:1795858909.488439   10202 cudart_stub.cc:31] Could not find cuda drivers"
    assert.strictEqual(lastWords(`${early}\nF0000 00:00:1795858909.500000   10202 c.cc:9] Check failed: y\n`), "Check failed: y (c.cc:9)")
    assert.strictEqual(lastWords(`one\n${early}\n`), "one")
  })
})

withXla("the description of XLA's plugin", (file) => {
  it.effect("tells its platform and versions, in a process that is gone afterwards", () =>
    Effect.gen(function* () {
      const plugin = { platform: "cpu", file, origin: "here" } as const
      const about = yield* ask(plugin)
      assert.strictEqual(about.client!.platform, "cpu")
      assert.strictEqual(about.client!.devices.length, 1)
      assert.match(summary(about, plugin), /^cpu; PJRT 0\.\d+(, StableHLO [\d.]+)?; here$/)
    })
  )
})
