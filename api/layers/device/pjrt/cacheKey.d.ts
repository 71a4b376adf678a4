export declare const cacheKey: (plugin: string) => string;
