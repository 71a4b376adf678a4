import type { DType } from "../../../../domain/Tensor.ts";
export declare const functions: readonly ["Error_Destroy", "Error_Message", "Error_GetCode", "Plugin_Initialize", "Plugin_Attributes", "Event_Destroy", "Event_IsReady", "Event_Error", "Event_Await", "Event_OnReady", "Client_Create", "Client_Destroy", "Client_PlatformName", "Client_ProcessIndex", "Client_PlatformVersion", "Client_Devices", "Client_AddressableDevices", "Client_LookupDevice", "Client_LookupAddressableDevice", "Client_AddressableMemories", "Client_Compile", "Client_DefaultDeviceAssignment", "Client_BufferFromHostBuffer", "DeviceDescription_Id", "DeviceDescription_ProcessIndex", "DeviceDescription_Attributes", "DeviceDescription_Kind", "DeviceDescription_DebugString", "DeviceDescription_ToString", "Device_GetDescription", "Device_IsAddressable", "Device_LocalHardwareId", "Device_AddressableMemories", "Device_DefaultMemory", "Device_MemoryStats", "Memory_Id", "Memory_Kind", "Memory_DebugString", "Memory_ToString", "Memory_AddressableByDevices", "Executable_Destroy", "Executable_Name", "Executable_NumReplicas", "Executable_NumPartitions", "Executable_NumOutputs", "Executable_SizeOfGeneratedCodeInBytes", "Executable_GetCostAnalysis", "Executable_OutputMemoryKinds", "Executable_OptimizedProgram", "Executable_Serialize", "LoadedExecutable_Destroy", "LoadedExecutable_GetExecutable", "LoadedExecutable_AddressableDevices", "LoadedExecutable_Delete", "LoadedExecutable_IsDeleted", "LoadedExecutable_Execute", "Executable_DeserializeAndLoad", "LoadedExecutable_Fingerprint", "Buffer_Destroy", "Buffer_ElementType", "Buffer_Dimensions", "Buffer_UnpaddedDimensions", "Buffer_DynamicDimensionIndices", "Buffer_GetMemoryLayout", "Buffer_OnDeviceSizeInBytes", "Buffer_Device", "Buffer_Memory", "Buffer_Delete", "Buffer_IsDeleted", "Buffer_CopyToDevice", "Buffer_ToHostBuffer", "Buffer_IsOnCpu", "Buffer_ReadyEvent", "Buffer_UnsafePointer", "Buffer_IncreaseExternalReferenceCount", "Buffer_DecreaseExternalReferenceCount", "Buffer_OpaqueDeviceMemoryDataPointer", "CopyToDeviceStream_Destroy", "CopyToDeviceStream_AddChunk", "CopyToDeviceStream_TotalBytes", "CopyToDeviceStream_GranuleSize", "CopyToDeviceStream_CurrentBytes", "TopologyDescription_Create", "TopologyDescription_Destroy", "TopologyDescription_PlatformName", "TopologyDescription_PlatformVersion", "TopologyDescription_GetDeviceDescriptions", "TopologyDescription_Serialize", "TopologyDescription_Attributes", "Compile", "Executable_OutputElementTypes", "Executable_OutputDimensions", "Buffer_CopyToMemory", "Client_CreateViewOfDeviceBuffer", "Executable_Fingerprint", "Client_TopologyDescription", "Executable_GetCompiledMemoryStats"];
export type FunctionName = (typeof functions)[number];
export declare const firstFunction = 40;
export declare const oldestVersion: {
    readonly major: 0;
    readonly minor: 81;
};
export declare const sizes: {
    readonly [K in FunctionName]?: number;
};
export declare const bufferTypes: {
    readonly [K in DType]: number;
};
export declare const semantics: {
    readonly copy: 0;
    readonly zeroCopy: 2;
};
export declare const errorCodes: ReadonlyArray<string>;
export declare const namedValueBytes = 56;
