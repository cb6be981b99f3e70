import { Module } from '@nestjs/common';
import { GetLiveDataHandler } from './application/get-live-data.query.js';
import { GetOlderLiveDataHandler } from './application/get-older-live-data.query.js';
import { LiveFeed } from './application/live-feed.js';
import { LiveReader } from './application/live-reader.port.js';
import { PublishVoteHandler } from './application/publish-vote.command.js';
import { Votes } from './application/votes.port.js';
import { PostgresLiveReader } from './infrastructure/postgres/postgres-live-reader.js';
import { PulsarVotes } from './infrastructure/pulsar/pulsar-votes.js';
import { LiveController } from './rest/live.controller.js';
import { LiveStreams } from './rest/live-streams.js';
import { OlderLiveController } from './rest/older-live.controller.js';
import { VoteIntake } from './rest/vote-intake.js';

/**
 * Takes presses of two buttons, and shows what a crowd does with them. It reads the counts that the events slice keeps, and
 * publishes votes to its topic.
 */
@Module({
  controllers: [LiveController, OlderLiveController],
  providers: [
    // vote
    PublishVoteHandler,
    VoteIntake,
    { provide: Votes, useClass: PulsarVotes },
    // watch
    GetLiveDataHandler,
    GetOlderLiveDataHandler,
    LiveFeed,
    LiveStreams,
    { provide: LiveReader, useClass: PostgresLiveReader },
  ],
})
export class LiveModule {}
