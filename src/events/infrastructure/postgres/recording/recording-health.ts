import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Health } from '../../../../platform/observability/health.js';
import { BatchWriter } from './batch-writer.js';

/** A wrong schema or credential stops recording until a human mends it. Then the service is not ready, and says why. */
@Injectable()
export class RecordingHealth implements OnModuleInit {
  constructor(
    private readonly writer: BatchWriter,
    private readonly health: Health,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'recording',
      required: true,
      check: () =>
        Promise.resolve(this.writer.fault === null ? { status: 'up' } : { status: 'down', reason: this.writer.fault }),
    });
  }
}
