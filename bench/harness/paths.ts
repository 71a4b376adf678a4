/**
 * Where the benchmark keeps what it installs and makes; nothing of it is committed.
 *
 * @since 0.1.0
 */
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export const benchDirectory = join(root, "bench")
/** Python environments of the peers (`BENCH_PEERS`, default `.work/peers`). */
export const peersDirectory = process.env["BENCH_PEERS"] ?? join(root, ".work", "peers")
/** First weights and batches (`BENCH_DATA`, default `.work/bench`). */
export const dataDirectory = process.env["BENCH_DATA"] ?? join(root, ".work", "bench")
export const resultsFile = join(benchDirectory, "RESULTS.md")
