/** A request that a person makes with a grant, to see whether it works. */
import type { ErrorReport } from '@shared/errors';
import type { Grant } from '@shared/model/grant';
import { formatBytes } from '@shared/model/format';
import { ruleWords } from '@shared/model/policy-words';
import { Send, Square } from 'lucide-react';
import { useEffect, useState, type ReactNode, type SubmitEvent } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { CodeBlock } from '../../components/code-block';
import { ComboField } from '../../components/combo-field';
import { Fold } from '../../components/fold';
import { Section } from '../../components/page';
import { Spinner } from '../../components/spinner';
import { TextAreaField } from '../../components/text-area';
import { TextField } from '../../components/text-field';
import { TextLink } from '../../components/text-link';
import { tones } from '../../components/tone';
import { cx } from '../../lib/class-names';
import { formatDuration, plural } from '../../lib/format';
import { prettyJson } from '../../lib/pretty-json';
import type { Answer } from './attempt-store';
import { Pane } from './pane';
import { testRequestOf } from './test-request';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export function AttemptPane({ grant }: { readonly grant: Grant }) {
  const { requests, attempt } = useStores();
  useEffect(() => () => attempt.getState().forget(), [attempt]);
  return (
    <Pane
      title={`Try ${grant.name}`}
      note="Strongroom makes the request as it does for programs. It is recorded in the audit."
      actions={
        <Button variant="quiet" onPress={() => requests.getState().show({ kind: 'grant' })}>
          Back to grant
        </Button>
      }
    >
      <RequestForm grant={grant} />
      <Outcome grant={grant} />
    </Pane>
  );
}

function RequestForm({ grant }: { readonly grant: Grant }) {
  const { attempt } = useStores();
  const isUnderWay = useFeature(
    'attempt',
    ({ state: { phase } }) => phase === 'sending' || phase === 'waiting',
  );
  const [form, setForm] = useState(() => ({
    ...testRequestOf(grant),
    headers: '',
    reason: 'Try the grant',
  }));
  const [issue, setIssue] = useState<string>();
  const change = (changes: Partial<typeof form>): void => setForm({ ...form, ...changes });
  const method = form.method.trim().toUpperCase();
  const hasBody = method !== 'GET' && method !== 'HEAD';

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const headers = headersIn(form.headers);
    if (headers === undefined) return setIssue('Write one header per line, as Name: value.');
    setIssue(undefined);
    void attempt.getState().send({
      grant: grant.id,
      method,
      url: form.url.trim(),
      headers,
      ...(hasBody && form.body !== '' && { body: form.body }),
      ...(form.reason.trim() !== '' && { reason: form.reason }),
    });
  };

  return (
    <form aria-label="Request" onSubmit={submit} noValidate className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-2">
        <ComboField
          stacked
          label="Method"
          options={METHODS}
          value={form.method}
          onChange={(text) => change({ method: text })}
          className="w-28"
        />
        <div className="min-w-48 flex-1">
          <TextField
            stacked
            label="URL"
            value={form.url}
            onChange={(url) => change({ url })}
            // The pane was opened to send a request; Enter does.
            // oxlint-disable-next-line jsx-a11y/no-autofocus
            autoFocus
          />
        </div>
      </div>
      {hasBody ? (
        <TextAreaField
          stacked
          label="Body"
          rows={4}
          value={form.body}
          onChange={(body) => change({ body })}
        />
      ) : null}
      <TextAreaField
        stacked
        label="Headers"
        rows={1}
        placeholder={hasBody ? 'Content-Type: application/json' : 'Accept: application/json'}
        help="In addition to those of the grant, one per line."
        value={form.headers}
        onChange={(headers) => change({ headers })}
        issue={issue}
      />
      <TextField
        stacked
        label="Reason"
        help="Recorded with the request."
        value={form.reason}
        onChange={(reason) => change({ reason })}
      />
      <div className="flex gap-2">
        <Button
          type="submit"
          variant="primary"
          isBusy={isUnderWay}
          icon={<Send aria-hidden className="size-3.5" />}
        >
          Send
        </Button>
        {isUnderWay ? (
          <Button
            variant="quiet"
            icon={<Square aria-hidden className="size-3" />}
            onPress={() => attempt.getState().cancel()}
          >
            Cancel
          </Button>
        ) : null}
      </div>
    </form>
  );
}

/** `undefined` if a line is no header. */
function headersIn(text: string): [string, string][] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const headers = lines.flatMap((line): [string, string][] => {
    const [, name, value] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return headers.length === lines.length ? headers : undefined;
}

function Outcome({ grant }: { readonly grant: Grant }): ReactNode {
  const state = useFeature('attempt', (attempt) => attempt.state);
  switch (state.phase) {
    case 'idle':
      return null;
    case 'sending':
    case 'waiting':
      return (
        <output className="flex items-center gap-2 text-text-2">
          <Spinner />
          {state.phase === 'sending' ? 'Sending the request' : 'Waiting for a person to allow it'}
        </output>
      );
    case 'cancelled':
      return <output className="text-text-2">Cancelled. The service may have got it.</output>;
    case 'failed':
      return <Failure grant={grant} error={state.error} />;
    case 'answered':
      return <AnswerSection answer={state.answer} />;
  }
}

const isRule = (rule: string): rule is keyof typeof ruleWords => Object.hasOwn(ruleWords, rule);

/** A refusal says which rule it was, and leads to where that can be changed. */
function Failure({ grant, error }: { readonly grant: Grant; readonly error: ErrorReport }) {
  const { requests } = useStores();
  const rule = error.details?.rule;
  const isIncomplete = error.code === 'GRANT_INCOMPLETE';
  const { show } = requests.getState();
  return (
    <Section title="Answer">
      <ErrorCard
        report={error}
        {...(rule !== undefined && {
          note: `Nothing was sent. Refused by: ${isRule(rule) ? ruleWords[rule] : rule}.`,
        })}
        {...(rule !== undefined && {
          actions: (
            <TextLink
              onPress={() =>
                show({
                  kind: isIncomplete && grant.original === undefined ? 'rotate' : 'edit',
                })
              }
            >
              {isIncomplete && grant.original === undefined
                ? 'Replace the secret'
                : 'Edit the grant'}
            </TextLink>
          ),
        })}
      />
    </Section>
  );
}

function AnswerSection({ answer }: { readonly answer: Answer }) {
  const { status, duration, size, replaced, body, isCut, headers } = answer;
  const { icon: Icon, text } = tones[status < 400 ? 'good' : status < 500 ? 'warn' : 'bad'];
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return (
    <Section
      title="Answer"
      note={
        <output className="flex flex-wrap items-center justify-end gap-x-2 tabular-nums">
          <span className={cx('flex items-center gap-1 font-semibold', text)}>
            <Icon aria-hidden className="size-3.5" />
            {status} {verdictOf(status)}
          </span>
          <span className="text-text-2">
            {[
              formatDuration(duration),
              formatBytes(size),
              ...(replaced === 0 ? [] : [`hidden in ${plural(replaced, 'place')}`]),
            ].join(' · ')}
          </span>
        </output>
      }
    >
      {size === 0 ? (
        <p className="text-text-2">The answer has no body.</p>
      ) : body === undefined ? (
        <p className="text-text-2">The body is no text, so it is not shown.</p>
      ) : (
        <>
          <CodeBlock
            label="Body"
            code={/\bjson\b/i.test(type) && !isCut ? prettyJson(body) : body}
          />
          {isCut ? (
            <p className="text-xs text-text-2">Only the beginning of the body is shown.</p>
          ) : null}
        </>
      )}
      <Fold title={plural(headers.length, 'header')} quiet defaultOpen={size === 0}>
        <dl className="flex flex-col gap-0.5 pt-1.5 font-mono text-xs">
          {headers.map(([name, value], at) => (
            // A header can occur twice; their order is their identity.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={at} className="flex min-w-0 gap-2">
              <dt className="shrink-0 text-text-2">{name}:</dt>
              <dd className="min-w-0 break-all">{value}</dd>
            </div>
          ))}
        </dl>
      </Fold>
    </Section>
  );
}

function verdictOf(status: number): string {
  if (status < 300) return 'accepted';
  if (status < 400) return 'redirected';
  if (status === 401 || status === 403) return 'not accepted';
  return status < 500 ? 'refused by the service' : 'failed at the service';
}
