import { Module } from '@nestjs/common';
import { AlertsReader } from './application/alerts-reader.port.js';
import { Deliverer } from './application/delivery/deliverer.js';
import { Outbox } from './application/delivery/outbox.port.js';
import { Webhook } from './application/delivery/webhook.port.js';
import { Evaluator } from './application/evaluation/evaluator.js';
import { FiguresOfRule } from './application/evaluation/figures-of-rule.js';
import { Turns } from './application/evaluation/turns.port.js';
import { WatchedRules } from './application/evaluation/watched-rules.port.js';
import { GetAlertsHandler } from './application/get-alerts.query.js';
import { ChangeRuleHandler } from './application/rules/change-rule.command.js';
import { CreateRuleHandler } from './application/rules/create-rule.command.js';
import { DeleteRuleHandler } from './application/rules/delete-rule.command.js';
import { GetRuleHandler } from './application/rules/get-rule.query.js';
import { GetRulesHandler } from './application/rules/get-rules.query.js';
import { RenewSecretHandler } from './application/rules/renew-secret.command.js';
import { RuleStore } from './application/rules/rule-store.port.js';
import { RulesOfFile } from './application/rules/rules-of-file.js';
import { TestRuleHandler } from './application/rules/test-rule.command.js';
import { Resolver } from './infrastructure/http/resolver.js';
import { SignedWebhook } from './infrastructure/http/signed-webhook.js';
import { NotificationKeeping } from './infrastructure/postgres/notification-keeping.js';
import { PostgresAlertsReader } from './infrastructure/postgres/postgres-alerts-reader.js';
import { PostgresOutbox } from './infrastructure/postgres/postgres-outbox.js';
import { PostgresRuleStore } from './infrastructure/postgres/postgres-rule-store.js';
import { PostgresTurns } from './infrastructure/postgres/postgres-turns.js';
import { PostgresWatchedRules } from './infrastructure/postgres/postgres-watched-rules.js';
import { AlertRulesController } from './rest/alert-rules.controller.js';
import { AlertsController } from './rest/alerts.controller.js';

/** Rules on figures, judged every 15 s by one of the replicas, and webhooks that are told. */
@Module({
  controllers: [AlertRulesController, AlertsController],
  providers: [
    // rules
    GetRulesHandler,
    GetRuleHandler,
    CreateRuleHandler,
    ChangeRuleHandler,
    DeleteRuleHandler,
    RenewSecretHandler,
    TestRuleHandler,
    RulesOfFile,
    { provide: RuleStore, useClass: PostgresRuleStore },
    // judge
    Evaluator,
    FiguresOfRule,
    { provide: Turns, useClass: PostgresTurns },
    { provide: WatchedRules, useClass: PostgresWatchedRules },
    // tell
    Deliverer,
    { provide: Outbox, useClass: PostgresOutbox },
    { provide: Webhook, useClass: SignedWebhook },
    Resolver,
    NotificationKeeping,
    // list
    GetAlertsHandler,
    { provide: AlertsReader, useClass: PostgresAlertsReader },
  ],
})
export class AlertsModule {}
