import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { v7 } from 'uuid';
import { Clock } from '../../../platform/clock/clock.js';
import { Config } from '../../../platform/config/config.js';
import { Logger } from '../../../platform/observability/logger.js';
import { ALERTS_VARIABLES } from '../../alerts.variables.js';
import { mintSigningSecret } from '../../domain/signature.js';
import { Rounds } from '../rounds.js';
import { RuleStore } from './rule-store.port.js';

const TRIED_EVERY_MS = 2_000;

/**
 * Takes over the rules of ALERTS_FILE once, as soon as PostgreSQL is there. A rule that did not change keeps its state. A
 * rule that is no longer in the file is deleted. Without the variable nothing changes.
 */
@Injectable()
export class RulesOfFile implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rounds: Rounds;
  private applied = false;

  constructor(
    private readonly config: Config,
    private readonly store: RuleStore,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    this.rounds = new Rounds('taking over the rules of ALERTS_FILE', TRIED_EVERY_MS, () => this.apply(), logger);
  }

  onApplicationBootstrap(): void {
    if (this.config.of(ALERTS_VARIABLES).ALERTS_FILE === null) return;
    this.rounds.start();
    void this.rounds.now();
  }

  onModuleDestroy(): Promise<void> {
    return this.rounds.stop();
  }

  private async apply(): Promise<void> {
    const rules = this.config.of(ALERTS_VARIABLES).ALERTS_FILE;
    if (rules === null || this.applied) return;
    const now = this.clock.now();
    const fresh = rules.map((rule) => ({ id: v7({ msecs: now }), rule, secret: mintSigningSecret() }));
    await this.store.replaceFile(fresh, now);
    this.applied = true;
  }
}
