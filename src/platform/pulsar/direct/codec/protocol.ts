/*
 * The part of Pulsar's binary protocol (PulsarApi.proto) that is spoken here: of each message the fields in use, by the
 * specification's names, with number and kind. A test holds the numbers against those compiled into the broker's jars.
 */

/** `uint64`: a plain number up to 2⁴⁹, beyond it a bigint. Other kinds are numbers that no peer needs above 2⁵³. */
export type Kind = 'uint' | 'uint64' | 'bool' | 'string' | 'bytes';

// prettier-ignore
export const MESSAGES = {
  CommandConnect: {
    client_version: [1, 'string'], auth_data: [3, 'bytes'], protocol_version: [4, 'uint'],
    auth_method_name: [5, 'string'], proxy_to_broker_url: [6, 'string'], feature_flags: [10, 'FeatureFlags'],
  },
  FeatureFlags: { supports_auth_refresh: [1, 'bool'], supports_broker_entry_metadata: [2, 'bool'] },
  CommandConnected: { server_version: [1, 'string'], protocol_version: [2, 'uint'], max_message_size: [3, 'uint'] },
  CommandAuthChallenge: { challenge: [2, 'AuthData'] },
  CommandAuthResponse: { client_version: [1, 'string'], response: [2, 'AuthData'], protocol_version: [3, 'uint'] },
  AuthData: { auth_method_name: [1, 'string'], auth_data: [2, 'bytes'] },
  CommandPing: {},
  CommandPong: {},
  CommandPartitionedTopicMetadata: { topic: [1, 'string'], request_id: [2, 'uint'] },
  CommandPartitionedTopicMetadataResponse: {
    partitions: [1, 'uint'], request_id: [2, 'uint'], response: [3, 'uint'], error: [4, 'uint'],
    message: [5, 'string'],
  },
  CommandLookupTopic: { topic: [1, 'string'], request_id: [2, 'uint'], authoritative: [3, 'bool'] },
  CommandLookupTopicResponse: {
    broker_service_url: [1, 'string'], broker_service_url_tls: [2, 'string'], response: [3, 'uint'],
    request_id: [4, 'uint'], authoritative: [5, 'bool'], error: [6, 'uint'], message: [7, 'string'],
    proxy_through_service_url: [8, 'bool'],
  },
  CommandSubscribe: {
    topic: [1, 'string'], subscription: [2, 'string'], sub_type: [3, 'uint'], consumer_id: [4, 'uint'],
    request_id: [5, 'uint'], initial_position: [13, 'uint'],
  },
  CommandFlow: { consumer_id: [1, 'uint'], message_permits: [2, 'uint'] },
  CommandAck: { consumer_id: [1, 'uint'], ack_type: [2, 'uint'], message_id: [3, 'MessageIdData'] },
  CommandMessage: { consumer_id: [1, 'uint'], message_id: [2, 'MessageIdData'], ack_set: [4, 'uint64'] },
  CommandCloseConsumer: { consumer_id: [1, 'uint'], request_id: [2, 'uint'] },
  CommandConsumerStats: { request_id: [1, 'uint'], consumer_id: [4, 'uint'] },
  CommandConsumerStatsResponse: {
    request_id: [1, 'uint'], error_code: [2, 'uint'], error_message: [3, 'string'], available_permits: [8, 'uint64'],
    msg_backlog: [15, 'uint64'],
  },
  CommandReachedEndOfTopic: { consumer_id: [1, 'uint'] },
  CommandGetLastMessageId: { consumer_id: [1, 'uint'], request_id: [2, 'uint'] },
  CommandGetLastMessageIdResponse: {
    last_message_id: [1, 'MessageIdData'], request_id: [2, 'uint'],
    consumer_mark_delete_position: [3, 'MessageIdData'],
  },
  CommandTopicMigrated: {
    resource_id: [1, 'uint'], resource_type: [2, 'uint'], broker_service_url: [3, 'string'],
    broker_service_url_tls: [4, 'string'],
  },
  CommandProducer: {
    topic: [1, 'string'], producer_id: [2, 'uint'], request_id: [3, 'uint'], producer_name: [4, 'string'],
    epoch: [8, 'uint'], user_provided_producer_name: [9, 'bool'],
  },
  CommandProducerSuccess: { request_id: [1, 'uint'], producer_name: [2, 'string'], producer_ready: [6, 'bool'] },
  CommandSend: {
    producer_id: [1, 'uint'], sequence_id: [2, 'uint'], num_messages: [3, 'uint'], highest_sequence_id: [6, 'uint'],
  },
  CommandSendReceipt: { producer_id: [1, 'uint'], sequence_id: [2, 'uint'], message_id: [3, 'MessageIdData'] },
  CommandSendError: { producer_id: [1, 'uint'], sequence_id: [2, 'uint'], error: [3, 'uint'], message: [4, 'string'] },
  CommandCloseProducer: { producer_id: [1, 'uint'], request_id: [2, 'uint'] },
  CommandSuccess: { request_id: [1, 'uint'] },
  CommandError: { request_id: [1, 'uint'], error: [2, 'uint'], message: [3, 'string'] },
  MessageIdData: {
    ledger_id: [1, 'uint64'], entry_id: [2, 'uint64'], partition: [3, 'uint64'], batch_index: [4, 'uint64'],
  },
  MessageMetadata: {
    producer_name: [1, 'string'], sequence_id: [2, 'uint64'], publish_time: [3, 'uint64'],
    properties: [4, 'KeyValue'], replicated_from: [5, 'string'], partition_key: [6, 'string'],
    compression: [8, 'uint'], uncompressed_size: [9, 'uint'], num_messages_in_batch: [11, 'uint'],
    event_time: [12, 'uint64'], encryption_keys: [13, 'EncryptionKeys'], encryption_algo: [14, 'string'],
    encryption_param: [15, 'bytes'], schema_version: [16, 'bytes'], marker_type: [20, 'uint'],
    highest_sequence_id: [24, 'uint'], null_value: [25, 'bool'], uuid: [26, 'string'],
    num_chunks_from_msg: [27, 'uint'], total_chunk_msg_size: [28, 'uint'], chunk_id: [29, 'uint'],
  },
  SingleMessageMetadata: {
    properties: [1, 'KeyValue'], partition_key: [2, 'string'], payload_size: [3, 'uint'],
    event_time: [5, 'uint64'], sequence_id: [8, 'uint'], null_value: [9, 'bool'],
  },
  KeyValue: { key: [1, 'string'], value: [2, 'string'] },
  EncryptionKeys: { key: [1, 'string'], value: [2, 'bytes'], metadata: [3, 'KeyValue'] },
} as const satisfies Record<string, Record<string, readonly [number: number, kind: string]>>;

export type MessageName = keyof typeof MESSAGES;

/** A command's type; the command's own field in `BaseCommand` has the same number, and `type` itself is field 1. */
export const COMMANDS = {
  CommandConnect: 2,
  CommandConnected: 3,
  CommandSubscribe: 4,
  CommandProducer: 5,
  CommandSend: 6,
  CommandSendReceipt: 7,
  CommandSendError: 8,
  CommandMessage: 9,
  CommandAck: 10,
  CommandFlow: 11,
  CommandSuccess: 13,
  CommandError: 14,
  CommandCloseProducer: 15,
  CommandCloseConsumer: 16,
  CommandProducerSuccess: 17,
  CommandPing: 18,
  CommandPong: 19,
  CommandPartitionedTopicMetadata: 21,
  CommandPartitionedTopicMetadataResponse: 22,
  CommandLookupTopic: 23,
  CommandLookupTopicResponse: 24,
  CommandConsumerStats: 25,
  CommandConsumerStatsResponse: 26,
  CommandReachedEndOfTopic: 27,
  CommandGetLastMessageId: 29,
  CommandGetLastMessageIdResponse: 30,
  CommandAuthChallenge: 36,
  CommandAuthResponse: 37,
  CommandTopicMigrated: 68,
} as const satisfies Partial<Record<MessageName, number>>;

export type CommandName = keyof typeof COMMANDS;

export const COMPRESSION = { NONE: 0, LZ4: 1, ZLIB: 2, ZSTD: 3, SNAPPY: 4 } as const;
export const SUBSCRIPTION_TYPE = { Shared: 1, Failover: 2 } as const;
export const EARLIEST = 1;
export const ACK_TYPE = { Individual: 0, Cumulative: 1 } as const;
export const LOOKUP = { Redirect: 0, Connect: 1, Failed: 2 } as const;
/** The value of `CommandPartitionedTopicMetadataResponse` that says it failed. */
export const METADATA_FAILED = 1;

/** `ServerError`, as far as it decides something here. */
export const SERVER_ERROR = {
  AuthenticationError: 3,
  AuthorizationError: 4,
  UnsupportedVersionError: 10,
  TopicNotFound: 11,
  TooManyRequests: 14,
  TopicTerminatedError: 15,
  InvalidTopicName: 17,
  IncompatibleSchema: 18,
  NotAllowedError: 22,
} as const;

type Values = {
  uint: number;
  uint64: number | bigint;
  bool: boolean;
  string: string;
  bytes: Buffer;
};
type ValueOf<K> = K extends keyof Values ? Values[K] : K extends MessageName ? MessageValues<K> : never;
/** The fields of a message that are present. */
export type MessageValues<M extends MessageName> = {
  readonly [F in keyof (typeof MESSAGES)[M]]?: (typeof MESSAGES)[M][F] extends readonly [number, infer K]
    ? ValueOf<K>
    : never;
};
