import { t } from '../language/language.js';
import { Empty } from './states.js';

const ONE_VISIT = `curl -X POST ${location.origin}/events -H 'Content-Type: application/json' -d '{"events":[{"event_type":"click","user_id":"ana","session_id":"s1","page_url":"/"}]}'`;

/** Nothing yet of what is counted by user or session: how the first of it gets in. */
export const EmptyOfUsers = () => <Empty how={t('emptyAnalystsHow')} line={ONE_VISIT} />;
