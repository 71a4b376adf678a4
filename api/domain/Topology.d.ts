import * as Result from "effect/Result";
import { ConfigError } from "./Errors.ts";
import * as TpuConfig from "./TpuConfig.ts";
export interface Topology {
    readonly hosts: number;
    readonly coresPerHost: number;
    readonly coresPerReplica: number;
}
export interface Core {
    readonly host: number;
    readonly ordinal: number;
}
export declare const make: (options: {
    readonly hosts?: number;
    readonly coresPerHost: number;
    readonly coresPerReplica?: number;
}) => Topology;
export declare const ofReplicas: (replicas: number) => Topology;
export declare const coresOf: ({ coresPerHost, hosts }: Topology) => number;
export declare const replicasOf: (topology: Topology) => number;
export declare const replicasPerHost: ({ coresPerHost, coresPerReplica }: Topology) => number;
export declare const coresOfReplica: ({ coresPerHost, coresPerReplica }: Topology, replica: number) => ReadonlyArray<Core>;
export declare const hostOfReplica: ({ coresPerHost, coresPerReplica }: Topology, replica: number) => number;
export declare const computationShape: (coresPerReplica: number) => ReadonlyArray<number> | undefined;
export interface Requested {
    readonly perHostInput: TpuConfig.InputMode;
    readonly numShards?: number | undefined;
    readonly deviceReplicas: number;
}
export declare const check: (topology: Topology, requested: Requested) => Result.Result<Topology, ConfigError>;
