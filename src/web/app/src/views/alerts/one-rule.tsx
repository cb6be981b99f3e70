import type { Alert } from '../../../../../alerts/application/answers/alert.answer.js';
import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';
import { changeRule, getRule } from '../../api/alerts.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, t } from '../../language/language.js';
import { conditionText, figureText, watchedText } from '../../parts/alerts/words.js';
import { Answered, Skeleton } from '../../parts/states.js';
import { Head } from '../../shell/shell.js';
import { mayOperate } from '../../shell/sign-in.js';
import { zone } from '../../shell/window.js';
import { Actions } from './actions.js';
import { draftOf, type RuleBody } from './form/draft.js';
import { History } from './history.js';
import { ToRules } from './new-rule.js';
import { RuleCourse } from './rule-course.js';
import { RuleForm } from './form/rule-form.js';
import { Secret } from './secret.js';
import { RuleState } from './state.js';

const EVERY_MS = 10_000;
const NEWEST = 200;

/** How a rule stands, what it watched, what it told, and all that it says. */
export function OneRule({ id }: { id: string }) {
  const rule = useAnswer(id, (signal) => getRule(id, signal), EVERY_MS);
  const alerts = useAnswer('alerts', (signal) => get('/alerts', { limit: NEWEST }, signal), EVERY_MS);
  const own = (alerts.data?.alerts ?? []).filter((alert) => alert.rule.id === id);
  if (rule.error?.status === 404) {
    return (
      <>
        <Head title={t('alerts')} />
        <section class="card state">
          <h2>{t('ruleGone')}</h2>
          <p>{t('ruleGoneWhat')}</p>
          <ToRules />
        </section>
      </>
    );
  }
  return (
    <>
      <Head title={rule.data?.name ?? t('alerts')}>
        <ToRules />
      </Head>
      <Answered asked={rule} skeleton={<Skeleton height={480} />}>
        {(known) => (
          <>
            <Standing rule={known} open={own.find(({ state }) => state !== 'resolved')} changed={rule.again} />
            <Secret rule={id} />
            <div class="cols two rule">
              <section class="card">
                <WhatItSays rule={known} isOpen={own[0]?.state === 'firing'} changed={rule.again} />
              </section>
              <div>
                <RuleCourse rule={known} />
                <section class="card">
                  <h2>{t('historyOfRule')}</h2>
                  <p class="sub">{t('historyOfRuleSub')}</p>
                  <Answered asked={alerts} skeleton={<Skeleton height={120} />}>
                    {() => <History label={t('historyOfRule')} alerts={own} named={false} />}
                  </Answered>
                </section>
              </div>
            </div>
          </>
        )}
      </Answered>
    </>
  );
}

interface Of {
  readonly rule: AlertRuleView;
  readonly changed: () => void;
}

function Standing({ rule, open, changed }: Of & { open: Alert | undefined }) {
  return (
    <section class="card">
      <div class="facts">
        <div>
          <div class="k">{t('state')}</div>
          <RuleState rule={rule} open={open} />
        </div>
        <div>
          <div class="k">{t('figureNow')}</div>
          <div class="v">{figureText(rule, rule.value)}</div>
        </div>
        <div>
          <div class="k">{t('condition')}</div>
          <div class="long">
            {watchedText(rule)} {conditionText(rule)}
          </div>
        </div>
        <div>
          <div class="k">{t('told')}</div>
          <div class="long">{rule.webhook_host ?? t('nobodyTold')}</div>
        </div>
      </div>
      {mayOperate() && <Actions rule={rule} changed={changed} />}
    </section>
  );
}

/** The form, for who may change it; else the same in words. */
function WhatItSays({ rule, isOpen, changed }: Of & { isOpen: boolean }) {
  const save = async (body: RuleBody) => {
    await changeRule(rule.id, body);
    changed();
    return t('saved');
  };
  if (mayOperate() && rule.source === 'api') {
    return (
      <RuleForm
        key={rule.id}
        start={draftOf(rule)}
        kept={rule}
        button={t('save')}
        hint={isOpen ? t('openResolves') : undefined}
        save={save}
      />
    );
  }
  return (
    <>
      <h2>{t('rule')}</h2>
      <p class="sub">{t(rule.source === 'file' ? 'ruleOfFile' : 'onlyAdmins')}</p>
      <dl class="pairs">
        {[
          [t('figure'), watchedText(rule)],
          [t('condition'), conditionText(rule)],
          [t('forMinutes'), number(rule.for_minutes)],
          [t('resolveAfter'), number(rule.resolve_after_minutes)],
          ...(rule.metric === 'conversion_rate' ? [[t('minClicks'), number(rule.min_clicks)]] : []),
          [t('whom'), rule.webhook_host ?? t('nobodyTold')],
          [t('lastChange'), dateTime(rule.updated_at, zone())],
        ].map(([word, value]) => (
          <div>
            <dt>{word}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
