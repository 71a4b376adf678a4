export declare const count: (device: string, name: string, value: number, least: number) => number;
