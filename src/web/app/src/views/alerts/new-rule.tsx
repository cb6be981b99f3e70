import { createRule } from '../../api/alerts.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { Answered, Skeleton } from '../../parts/states.js';
import { go, viewAddress } from '../../shell/address.js';
import { Head } from '../../shell/shell.js';
import { mayOperate } from '../../shell/sign-in.js';
import { NEW_DRAFT, NEW_KEPT, type RuleBody } from './form/draft.js';
import { RuleForm } from './form/rule-form.js';
import { shownSecret } from './secret.js';

export function NewRule() {
  // Nothing of them is shown: who may not read them need not write.
  const rules = useAnswer('rules', (signal) => get('/alerts/rules', {}, signal));
  const save = async (body: RuleBody) => {
    const { id, secret, webhook_url } = await createRule(body);
    // The page of the rule shows it: nothing else does.
    if (webhook_url !== null) shownSecret.value = { rule: id, secret };
    go(viewAddress(`/dashboard/alerts/${id}`), true);
    return t('saved');
  };
  return (
    <>
      <Head title={t('newRule')}>
        <ToRules />
      </Head>
      <Answered asked={rules} skeleton={<Skeleton height={480} />}>
        {() => (
          <section class="card">
            {mayOperate() ? (
              <RuleForm start={NEW_DRAFT} kept={NEW_KEPT} button={t('create')} save={save} />
            ) : (
              <p class="sub none">{t('onlyAdmins')}</p>
            )}
          </section>
        )}
      </Answered>
    </>
  );
}

export function ToRules() {
  return (
    <a class="btn" href={viewAddress('/dashboard/alerts')}>
      <span aria-hidden="true">← </span>
      {t('allRules')}
    </a>
  );
}
