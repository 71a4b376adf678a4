import * as Layer from "effect/Layer";
import { Device } from "../../services/Device.ts";
import * as Engine from "./pjrt/Engine.ts";
export type Options = Engine.Options;
export declare const make: (options?: Options) => Device["Service"];
export declare const layer: (options?: Options) => Layer.Layer<Device>;
export { opNames } from "./pjrt/lower.ts";
