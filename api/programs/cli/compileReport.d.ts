import type { Told } from "../../layers/device/pjrt/Ahead.ts";
export declare const sizeText: (bytes: number) => string;
export declare const ofLimit: (bytes: number, limit: number | undefined) => string;
export interface Report {
    readonly target: string;
    readonly replicas: number;
    readonly nodes: number;
    readonly told: Told;
    readonly limit: number | undefined;
    readonly listed: number;
}
export declare const reportOf: ({ limit, listed, nodes, replicas, target, told }: Report) => string;
