export declare const wrongLibrary: (file: string, { arch, platform }?: {
    readonly arch: string;
    readonly platform: string;
}) => string | undefined;
