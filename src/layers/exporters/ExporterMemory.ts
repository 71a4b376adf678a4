/**
 * An exporter that only remembers what it was asked for: for tests.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Exporter, ExportRequest } from "../../services/Exporter.ts"

/** @category constructors @since 0.1.0 */
export const make = (name: string): Exporter & { readonly exported: ReadonlyArray<ExportRequest> } => {
  const exported: Array<ExportRequest> = []
  return { name, exported, export: (request) => Effect.sync(() => void exported.push(request)) }
}
