/**
 * The layout of the PJRT C API (pjrt_c_api.h): functions in their order, which only ever grows at its end, and numbers.
 *
 * @since 0.1.0
 */
import type { DType } from "../../../../domain/Tensor.ts"

/** Functions of `PJRT_Api` from byte 40 on, 8 bytes each; as of version 0.81, all that is used among them. @category tables @since 0.1.0 */
export const functions = [
  ...["Error_Destroy", "Error_Message", "Error_GetCode"],
  ...["Plugin_Initialize", "Plugin_Attributes"],
  ...["Event_Destroy", "Event_IsReady", "Event_Error", "Event_Await", "Event_OnReady"],
  ...["Client_Create", "Client_Destroy", "Client_PlatformName", "Client_ProcessIndex", "Client_PlatformVersion", "Client_Devices"],
  ...["Client_AddressableDevices", "Client_LookupDevice", "Client_LookupAddressableDevice", "Client_AddressableMemories"],
  ...["Client_Compile", "Client_DefaultDeviceAssignment", "Client_BufferFromHostBuffer"],
  ...["DeviceDescription_Id", "DeviceDescription_ProcessIndex", "DeviceDescription_Attributes", "DeviceDescription_Kind"],
  ...["DeviceDescription_DebugString", "DeviceDescription_ToString"],
  ...["Device_GetDescription", "Device_IsAddressable", "Device_LocalHardwareId", "Device_AddressableMemories", "Device_DefaultMemory"],
  "Device_MemoryStats",
  ...["Memory_Id", "Memory_Kind", "Memory_DebugString", "Memory_ToString", "Memory_AddressableByDevices"],
  ...["Executable_Destroy", "Executable_Name", "Executable_NumReplicas", "Executable_NumPartitions", "Executable_NumOutputs"],
  ...["Executable_SizeOfGeneratedCodeInBytes", "Executable_GetCostAnalysis", "Executable_OutputMemoryKinds"],
  ...["Executable_OptimizedProgram", "Executable_Serialize"],
  ...["LoadedExecutable_Destroy", "LoadedExecutable_GetExecutable", "LoadedExecutable_AddressableDevices", "LoadedExecutable_Delete"],
  ...["LoadedExecutable_IsDeleted", "LoadedExecutable_Execute", "Executable_DeserializeAndLoad", "LoadedExecutable_Fingerprint"],
  ...["Buffer_Destroy", "Buffer_ElementType", "Buffer_Dimensions", "Buffer_UnpaddedDimensions", "Buffer_DynamicDimensionIndices"],
  ...["Buffer_GetMemoryLayout", "Buffer_OnDeviceSizeInBytes", "Buffer_Device", "Buffer_Memory", "Buffer_Delete", "Buffer_IsDeleted"],
  ...["Buffer_CopyToDevice", "Buffer_ToHostBuffer", "Buffer_IsOnCpu", "Buffer_ReadyEvent", "Buffer_UnsafePointer"],
  ...["Buffer_IncreaseExternalReferenceCount", "Buffer_DecreaseExternalReferenceCount", "Buffer_OpaqueDeviceMemoryDataPointer"],
  ...["CopyToDeviceStream_Destroy", "CopyToDeviceStream_AddChunk", "CopyToDeviceStream_TotalBytes"],
  ...["CopyToDeviceStream_GranuleSize", "CopyToDeviceStream_CurrentBytes"],
  ...["TopologyDescription_Create", "TopologyDescription_Destroy", "TopologyDescription_PlatformName"],
  ...["TopologyDescription_PlatformVersion", "TopologyDescription_GetDeviceDescriptions", "TopologyDescription_Serialize"],
  "TopologyDescription_Attributes",
  "Compile",
  ...["Executable_OutputElementTypes", "Executable_OutputDimensions"],
  ...["Buffer_CopyToMemory", "Client_CreateViewOfDeviceBuffer", "Executable_Fingerprint", "Client_TopologyDescription"],
  "Executable_GetCompiledMemoryStats"
] as const

/** @category models @since 0.1.0 */
export type FunctionName = (typeof functions)[number]

/** Byte of the first function pointer in `PJRT_Api`. @category constants @since 0.1.0 */
export const firstFunction = 40

/** The oldest version whose structures are as they are used here. @category constants @since 0.1.0 */
export const oldestVersion = { major: 0, minor: 81 } as const

/** Bytes of argument structures that do not end with a whole word (a bool or an int at the end). @category tables @since 0.1.0 */
export const sizes: { readonly [K in FunctionName]?: number } = {
  Error_GetCode: 28,
  Event_IsReady: 25,
  Buffer_IsDeleted: 25,
  DeviceDescription_Id: 28,
  Device_IsAddressable: 25
}

/** `PJRT_Buffer_Type` of what a tensor's elements are. @category tables @since 0.1.0 */
export const bufferTypes: { readonly [K in DType]: number } = { bool: 1, int32: 4, float32: 11 }

/** `PJRT_HostBufferSemantics`. @category tables @since 0.1.0 */
export const semantics = {
  /** The data is copied before the call returns. */
  copy: 0,
  /** Read in place, or copied until the event is ready; not to be changed while the buffer lives. */
  zeroCopy: 2
} as const

/** Names of `PJRT_Error_Code`, those of absl::Status. @category tables @since 0.1.0 */
export const errorCodes: ReadonlyArray<string> = [
  ...["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED"],
  ...["RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"],
  "UNAUTHENTICATED"
]

/** Bytes of `PJRT_NamedValue`. @category constants @since 0.1.0 */
export const namedValueBytes = 56
