export { Writer } from "../../../domain/Protobuf.ts";
