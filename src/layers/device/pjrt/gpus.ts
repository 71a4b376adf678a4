/**
 * GPUs of NVIDIA that programs can be compiled for without one: what XLA has to know of each.
 *
 * @since 0.1.0
 */

/**
 * Figures of one GPU. Sources: NVIDIA's data sheets and architecture white papers of each GPU, the table of compute capabilities of
 * the CUDA C++ Programming Guide, and for memory and clock what the driver reports, as XLA's plugin keeps it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Gpu {
  /** As the driver names it. */
  readonly name: string
  readonly computeCapability: readonly [major: number, minor: number]
  /** Streaming multiprocessors. */
  readonly cores: number
  /** Float32 units of a multiprocessor. */
  readonly unitsPerCore: number
  readonly memoryBytes: number
  /** Bytes a second. */
  readonly bandwidth: number
  readonly cacheBytes: number
  readonly clockGhz: number
  /** Of a multiprocessor, and the most of it that one block may ask for. */
  readonly sharedBytes: readonly [core: number, block: number]
}

const hopper = { computeCapability: [9, 0], unitsPerCore: 128, sharedBytes: [233_472, 232_448] } as const
const ampere = {
  computeCapability: [8, 0],
  cores: 108,
  unitsPerCore: 64,
  clockGhz: 1.41,
  cacheBytes: 41_943_040,
  sharedBytes: [167_936, 166_912]
} as const

/** By the name in a target: `cuda:h100`. @category tables @since 0.1.0 */
export const gpus: { readonly [name: string]: Gpu } = {
  v100: {
    name: "Tesla V100-SXM2-16GB",
    computeCapability: [7, 0],
    cores: 80,
    unitsPerCore: 64,
    memoryBytes: 16_935_682_048,
    bandwidth: 898_048_000_000,
    cacheBytes: 6_291_456,
    clockGhz: 1.53,
    sharedBytes: [98_304, 98_304]
  },
  "a100-40gb": { ...ampere, name: "NVIDIA A100-SXM4-40GB", memoryBytes: 42_331_013_120, bandwidth: 1_555_200_000_000 },
  a100: { ...ampere, name: "NVIDIA A100-SXM4-80GB", memoryBytes: 85_100_068_864, bandwidth: 2_039_040_000_000 },
  h100: {
    ...hopper,
    name: "NVIDIA H100 80GB HBM3",
    cores: 132,
    memoryBytes: 84_942_979_072,
    bandwidth: 3_352_320_000_000,
    cacheBytes: 52_428_800,
    clockGhz: 1.98
  },
  "h100-pcie": {
    ...hopper,
    name: "NVIDIA H100 PCIe",
    cores: 114,
    memoryBytes: 84_942_979_072,
    bandwidth: 2_039_040_000_000,
    cacheBytes: 52_428_800,
    clockGhz: 1.755
  },
  h200: {
    ...hopper,
    name: "NVIDIA H200 141GB HBM3e",
    cores: 132,
    memoryBytes: 151_397_597_184,
    bandwidth: 4_800_000_000_000,
    cacheBytes: 52_428_800,
    clockGhz: 1.98
  },
  b200: {
    ...hopper,
    name: "NVIDIA B200",
    computeCapability: [10, 0],
    cores: 148,
    memoryBytes: 191_514_411_008,
    bandwidth: 7_672_320_000_000,
    cacheBytes: 132_644_864,
    clockGhz: 1.965
  }
}

/** Of CUDA and cuDNN that code is made for: those of the plugin that is pinned. */
const [runtime, dnn] = ["major: 12 minor: 9", "major: 9 minor: 10"] as const

/**
 * A `stream_executor.GpuTargetConfigProto` as text. What is the same on all: 32 threads a warp, 1024 a block, 2048 a
 * multiprocessor, 65536 registers.
 *
 * @category conversions
 * @since 0.1.0
 */
export const targetConfig = (gpu: Gpu): string => {
  const [major, minor] = gpu.computeCapability
  // instructions that only this generation has, such as those of its tensor cores (sm_90a)
  const extension = major >= 9 ? " feature_extension: ACCELERATED_FEATURES" : ""
  const fields = [
    `cuda_compute_capability { major: ${major} minor: ${minor}${extension} }`,
    "threads_per_warp: 32 threads_per_block_limit: 1024 threads_per_core_limit: 2048",
    "registers_per_core_limit: 65536 registers_per_block_limit: 65536",
    "block_dim_limit_x: 2147483647 block_dim_limit_y: 65535 block_dim_limit_z: 65535",
    "thread_dim_limit_x: 1024 thread_dim_limit_y: 1024 thread_dim_limit_z: 64",
    `shared_memory_per_block: 49152 shared_memory_per_core: ${gpu.sharedBytes[0]} shared_memory_per_block_optin: ${gpu.sharedBytes[1]}`,
    `core_count: ${gpu.cores} fpus_per_core: ${gpu.unitsPerCore} clock_rate_ghz: ${gpu.clockGhz}`,
    `device_memory_size: ${gpu.memoryBytes} memory_bandwidth: ${gpu.bandwidth} l2_cache_size: ${gpu.cacheBytes}`
  ]
  const about = `platform_name: "CUDA" dnn_version_info { ${dnn} } runtime_version { ${runtime} } device_description_str: "${gpu.name}"`
  return `gpu_device_info { ${fields.join(" ")} } ${about}`
}
