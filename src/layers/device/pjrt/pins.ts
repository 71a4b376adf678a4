/**
 * What `devices install xla-cpu | xla-cuda | tpu` fetches, by version and hash, and where it goes.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { cacheRoot, type CachePlace, type Wheel } from "../hosted/install/tools.ts"

/** @category models @since 0.1.0 */
export type PluginName = "cpu" | "cuda" | "tpu"

/** @category constants @since 0.1.0 */
export const pluginNames: ReadonlyArray<PluginName> = ["cpu", "cuda", "tpu"]

/** NVIDIA's licence terms are the user's own to accept: the file is fetched by a command of theirs. */
const nvidia = "NVIDIA's CUDA Toolkit EULA (not to be redistributed)"

/** A wheel that has a plugin. @category models @since 0.1.0 */
export interface Pin extends Wheel {
  readonly version: string
  /** Path of the plugin in the wheel. */
  readonly library: string
  readonly licence: string
}

/** @category tables @since 0.1.0 */
export const pins: { readonly [K in PluginName]: Pin } = {
  cpu: {
    requirement: "lammps-jax-pjrt-cpu==0.11.2",
    version: "0.11.2",
    platform: "manylinux_2_27_x86_64",
    file: "lammps_jax_pjrt_cpu-0.11.2-py3-none-manylinux_2_27_x86_64.whl",
    bytes: 62_711_338,
    sha256: "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
    library: "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
    licence: "Apache-2.0"
  },
  cuda: {
    requirement: "jax-cuda12-pjrt==0.12.0.1",
    version: "0.12.0.1",
    platform: "manylinux_2_27_x86_64",
    file: "jax_cuda12_pjrt-0.12.0.1-py3-none-manylinux_2_27_x86_64.whl",
    bytes: 192_000_000,
    sha256: "5ec28e06198d094031c37590b4ea753ae8cde4879ab4b60baf40f0dffb673286",
    library: "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
    licence: "Apache-2.0"
  },
  tpu: {
    requirement: "libtpu==0.0.52",
    version: "0.0.52",
    platform: "manylinux_2_31_x86_64",
    python: "311",
    file: "libtpu-0.0.52-cp311-cp311-manylinux_2_31_x86_64.whl",
    bytes: 137_064_406,
    sha256: "f5e2e596eaea9357fbb5a6755a7a9007c6ab75bfde4a55191b03eff402971140",
    library: "libtpu/libtpu.so",
    licence: "Google Cloud Terms of Service (not to be redistributed)"
  }
}

/** What XLA needs besides its plugin to make code for a GPU: `ptxas`, and the bitcode of mathematical functions. @category tables @since 0.1.0 */
export const toolsPin = {
  requirement: "nvidia-cuda-nvcc-cu12==12.9.86",
  version: "12.9.86",
  platform: "manylinux2010_x86_64",
  file: "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
  bytes: 40_546_229,
  sha256: "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
  /** CUDA's folder in the wheel. */
  root: "nvidia/cuda_nvcc",
  /** What of it is kept. */
  files: ["bin/ptxas", "nvvm/libdevice/libdevice.10.bc"],
  licence: nvidia
} as const

/** @category rules @since 0.1.0 */
export const toolsFolder = (place: CachePlace): string => path.join(cacheRoot(place), `cuda-tools-${toolsPin.version}`)

/** @category rules @since 0.1.0 */
export const cacheFolder = (name: PluginName, place: CachePlace): string => path.join(cacheRoot(place), `pjrt-${name}-${pins[name].version}`)
