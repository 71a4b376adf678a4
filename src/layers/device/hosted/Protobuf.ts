/**
 * The protocol buffer writer, under the name that the engines know.
 *
 * @since 0.1.0
 */
export { Writer } from "../../../domain/Protobuf.ts"
