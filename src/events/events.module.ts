import { Module } from '@nestjs/common';
import { ConsumerProgress } from './application/consumer-progress.port.js';
import { EventCounters } from './application/event-counters.port.js';
import { EventStore } from './application/event-store.port.js';
import { EventsReader } from './application/events-reader.port.js';
import { ExportEventsHandler } from './application/export-events.query.js';
import { GetEventHandler } from './application/get-event.query.js';
import { GetEventsHandler } from './application/get-events.query.js';
import { RecordEventHandler } from './application/record-event.command.js';
import { PostgresConsumerProgress } from './infrastructure/postgres/postgres-consumer-progress.js';
import { BatchWriter } from './infrastructure/postgres/recording/batch-writer.js';
import { EventRetention } from './infrastructure/postgres/keeping/event-retention.js';
import { EventsKeeping } from './infrastructure/postgres/keeping/events-keeping.js';
import { FineHorizon } from './infrastructure/postgres/keeping/fine-horizon.js';
import { IdentityExpiry } from './infrastructure/postgres/keeping/identity-expiry.js';
import { PageClickIndexes } from './infrastructure/postgres/keeping/page-click-indexes.js';
import { PartitionDropper } from './infrastructure/postgres/keeping/partition-dropper.js';
import { PartitionKeeper } from './infrastructure/postgres/keeping/partition-keeper.js';
import { PostgresEventStore } from './infrastructure/postgres/recording/postgres-event-store.js';
import { PostgresEventsReader } from './infrastructure/postgres/reading/postgres-events-reader.js';
import { RecordedFacts } from './infrastructure/postgres/recording/recorded-facts.js';
import { RecordingHealth } from './infrastructure/postgres/recording/recording-health.js';
import { RetentionFloor } from './infrastructure/postgres/keeping/retention-floor.js';
import { TransactionIndex } from './infrastructure/postgres/keeping/transaction-index.js';
import { PrometheusEventCounters } from './infrastructure/prometheus-event-counters.js';
import { EventTopicsConsumer } from './infrastructure/pulsar/event-topics.consumer.js';
import { PulsarHealth } from './infrastructure/pulsar/pulsar-health.js';
import { PulsarTelemetry } from './infrastructure/pulsar/pulsar-telemetry.js';
import { EventsController } from './rest/events.controller.js';
import { HttpIntake } from './rest/http-intake.js';
import { OlderPageClicksController } from './rest/older/older-page-clicks.controller.js';
import { PageClicksController } from './rest/page-clicks.controller.js';
import { RecordEventsController } from './rest/record-events.controller.js';
import { TrackController } from './rest/track.controller.js';

/** The write side: records events, owns the tables; and the list of events. Its DeadLetterStore comes from DeadLettersModule, which is global. */
@Module({
  controllers: [
    TrackController,
    PageClicksController,
    OlderPageClicksController,
    RecordEventsController,
    EventsController,
  ],
  providers: [
    // record
    RecordEventHandler,
    { provide: EventStore, useClass: PostgresEventStore },
    { provide: EventCounters, useClass: PrometheusEventCounters },
    BatchWriter,
    RecordedFacts,
    PartitionKeeper,
    RecordingHealth,
    HttpIntake,
    // consume
    EventTopicsConsumer,
    { provide: ConsumerProgress, useClass: PostgresConsumerProgress },
    PulsarHealth,
    PulsarTelemetry,
    // list
    GetEventsHandler,
    ExportEventsHandler,
    GetEventHandler,
    { provide: EventsReader, useClass: PostgresEventsReader },
    // keep
    EventsKeeping,
    FineHorizon,
    EventRetention,
    RetentionFloor,
    PartitionDropper,
    IdentityExpiry,
    TransactionIndex,
    PageClickIndexes,
  ],
  exports: [EventStore],
})
export class EventsModule {}
