/**
 * The behaviour of Secrets Manager, tested through the SDK: always with the stand-in, and with a real server
 * if there is one, so that the stand-in cannot drift away from it.
 */
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretVersionStageCommand,
  type BatchGetSecretValueCommandOutput,
  type ListSecretsCommandOutput,
  type ListSecretVersionIdsCommandOutput,
  type PutSecretValueCommandInput,
} from '@aws-sdk/client-secrets-manager';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, type RunnerTask } from 'vitest';
import { findRealSecretsManager, type RunningSecretsManager } from '../real-secrets-manager';
import { startSecretsManagerServer } from './server';
import { failure } from './testing';

interface Target {
  readonly name: string;
  readonly start: () => Promise<RunningSecretsManager>;
  /** The known differences from AWS: the test, and what this server does instead. */
  readonly differences: ReadonlyMap<string, string>;
}

const standIn: Target = {
  name: 'the stand-in',
  differences: new Map(),
  start: async () => {
    const server = await startSecretsManagerServer();
    server.role({ name: 'conformance', externalId: 'ours' });
    return {
      endpoint: server.endpoint,
      region: server.region,
      ...server.accessKey(),
      stop: async () => server.stop(),
    };
  },
};

/** moto 5, compared with the API reference and with answers recorded from AWS. */
const motoDifferences = new Map([
  ['refuses a value above 65,536 bytes, in bytes', 'any size is taken'],
  ['refuses an empty value', 'creates a secret without a version'],
  ['refuses a name with other characters', 'any name is taken'],
  ['answers a client error with 400', '404 where something is not found'],
  ['finds a secret by a partial ARN, unless that looks complete', 'reads it as partial'],
  ['lists staging labels in order', 'in the order they were attached'],
  ['leaves out unlabelled versions unless asked', 'always lists them'],
  ['leaves unlabelled versions out of a description', 'lists them with no labels'],
  ['pages through the versions of a secret', 'always one page, and an empty NextToken'],
  ['reads what was swapped in without naming a label', 'reads the version put last as current'],
  ['refuses to take AWSCURRENT away altogether', 'takes it away'],
  ['refuses to write to a secret scheduled for deletion', 'writes to it'],
  ['refuses a name scheduled for deletion', 'says ResourceExistsException'],
  ['knows pages of 1 to 100', 'any size is taken'],
  ['refuses a page token that is not its own', 'fails with an HTML page'],
  ['refuses more than 20 secrets in a batch', 'any number is taken'],
  ['is not made by being listed by its versions', 'fails with an HTML page'],
]);

const real = await findRealSecretsManager();

const targets: Target[] = [standIn];
if (real !== undefined) {
  const differences = real.isMoto ? motoDifferences : new Map<string, string>();
  targets.push({ name: real.name, differences, start: async () => real.start() });
}

test('a real server takes part', ({ skip }) => {
  skip(real === undefined, 'no moto_server on the PATH, no AWS_ENDPOINT_URL_SECRETS_MANAGER');
  expect(targets).toHaveLength(2);
});

const namesIn = (tasks: readonly RunnerTask[]): string[] =>
  tasks.flatMap((task) => (task.type === 'suite' ? namesIn(task.tasks) : [task.name]));

describe.each(targets)('$name', ({ start, differences }) => {
  let running: RunningSecretsManager;
  let client: SecretsManagerClient;

  beforeAll(async () => {
    running = await start();
    client = new SecretsManagerClient({
      endpoint: running.endpoint,
      region: running.region,
      credentials: running,
      maxAttempts: 1,
    });
  }, 60_000);

  afterAll(async () => {
    client.destroy();
    await running.stop();
  });

  beforeEach(({ task, skip }) => {
    const difference = differences.get(task.name);
    skip(difference !== undefined, `differs from AWS: ${difference}`);
  });

  test('every known difference belongs to a test', ({ task }) => {
    const names = new Set(namesIn(task.suite?.tasks ?? []));
    expect([...differences.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  const freshName = (): string => `conformance/${randomUUID()}`;

  const create = async (value: string, token: string = randomUUID()): Promise<string> => {
    const name = freshName();
    await client.send(
      new CreateSecretCommand({ Name: name, SecretString: value, ClientRequestToken: token }),
    );
    return name;
  };

  const put = async (
    name: string,
    value: string,
    options: Partial<PutSecretValueCommandInput> = {},
  ): Promise<string> => {
    const { VersionId } = await client.send(
      new PutSecretValueCommand({ SecretId: name, SecretString: value, ...options }),
    );
    return VersionId ?? '';
  };

  const currentValue = async (name: string): Promise<string | undefined> =>
    (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString;

  const labelledValue = async (name: string, label: string): Promise<string | undefined> =>
    (await client.send(new GetSecretValueCommand({ SecretId: name, VersionStage: label })))
      .SecretString;

  const describedLabels = async (name: string): Promise<Record<string, string[]>> =>
    (await client.send(new DescribeSecretCommand({ SecretId: name }))).VersionIdsToStages ?? {};

  /** The labels of the versions that have labels. */
  const labels = async (name: string): Promise<Record<string, string[]>> =>
    Object.fromEntries(
      Object.entries(await describedLabels(name)).filter(([, stages]) => stages.length > 0),
    );

  /** The code of the error that a call fails with. */
  const refusal = async (call: Promise<unknown>): Promise<string> => (await failure(call)).name;

  describe('values', () => {
    test('keeps text as it is', async () => {
      const text = '{"b":1,"a":"ünïcødé 🔑\\n","n":12345678901234567890}\n';
      const token = randomUUID();
      const name = await create(text, token);
      const answer = await client.send(new GetSecretValueCommand({ SecretId: name }));
      expect(answer).toMatchObject({
        Name: name,
        VersionId: token,
        VersionStages: ['AWSCURRENT'],
        SecretString: text,
      });
      expect(answer.ARN).toMatch(
        new RegExp(
          `^arn:aws:secretsmanager:${running.region}:\\d{12}:secret:${name}-[A-Za-z0-9]{6}$`,
        ),
      );
      expect(answer.SecretBinary).toBeUndefined();
      expect(answer.CreatedDate).toBeInstanceOf(Date);
    });

    test('keeps bytes as they are', async () => {
      const name = freshName();
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      await client.send(new CreateSecretCommand({ Name: name, SecretBinary: bytes }));
      const answer = await client.send(new GetSecretValueCommand({ SecretId: name }));
      expect(answer.SecretBinary).toEqual(bytes);
      expect(answer.SecretString).toBeUndefined();
    });

    test('takes a value of 65,536 bytes', async () => {
      const text = 'x'.repeat(65_536);
      expect(await currentValue(await create(text))).toBe(text);
    });

    test('refuses a value above 65,536 bytes, in bytes', async () => {
      expect(await refusal(create('x'.repeat(65_537)))).toBe('ValidationException');
      expect(await refusal(create('ü'.repeat(32_769)))).toBe('ValidationException');
    });

    test('refuses an empty value', async () => {
      expect(await refusal(create(''))).toBe('ValidationException');
    });

    test('knows a secret without any value', async () => {
      const name = freshName();
      const created = await client.send(new CreateSecretCommand({ Name: name }));
      expect(created.VersionId).toBeUndefined();
      expect(await failure(currentValue(name))).toMatchObject({
        name: 'ResourceNotFoundException',
        message:
          "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      });
      expect(await labels(name)).toEqual({});
    });

    test('makes the first version the current one, whatever its labels', async () => {
      const name = freshName();
      await client.send(new CreateSecretCommand({ Name: name }));
      const first = await put(name, 'first', { VersionStages: ['PRIVATE'] });
      expect((await labels(name))[first]?.toSorted()).toEqual(['AWSCURRENT', 'PRIVATE']);
    });
  });

  describe('names', () => {
    test('takes every character that is allowed', async () => {
      const name = `${freshName()}/AZaz09_+=.@-`;
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'x' }));
      expect(await currentValue(name)).toBe('x');
    });

    test('refuses a name with other characters', async () => {
      for (const character of [' ', '%', '#', '?', '{', 'é']) {
        expect(
          await refusal(
            client.send(
              new CreateSecretCommand({ Name: freshName() + character, SecretString: 'x' }),
            ),
          ),
        ).toBe('ValidationException');
      }
    });

    test('refuses a name that is taken', async () => {
      const name = await create('first');
      expect(
        await failure(client.send(new CreateSecretCommand({ Name: name, SecretString: 'second' }))),
      ).toMatchObject({
        name: 'ResourceExistsException',
        message: `The operation failed because the secret ${name} already exists.`,
      });
      expect(await currentValue(name)).toBe('first');
    });

    test('says that there is no such secret', async () => {
      const name = freshName();
      for (const command of [
        new GetSecretValueCommand({ SecretId: name }),
        new DescribeSecretCommand({ SecretId: name }),
        new DeleteSecretCommand({ SecretId: name }),
        new RestoreSecretCommand({ SecretId: name }),
        new PutSecretValueCommand({ SecretId: name, SecretString: 'x' }),
      ]) {
        expect(await failure(client.send(command))).toMatchObject({
          name: 'ResourceNotFoundException',
          message: "Secrets Manager can't find the specified secret.",
        });
      }
    });

    test('answers a client error with 400', async () => {
      await expect(currentValue(freshName())).rejects.toMatchObject({
        $metadata: { httpStatusCode: 400 },
      });
    });

    test('finds a secret by its ARN, complete or partial', async () => {
      const name = await create('x');
      const { ARN = '' } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      expect(await currentValue(ARN)).toBe('x');
      expect(await currentValue(ARN.slice(0, -7))).toBe('x');
    });

    test('finds a secret by a partial ARN, unless that looks complete', async () => {
      const name = `${freshName()}-abcdef`;
      await client.send(new CreateSecretCommand({ Name: name, SecretString: 'x' }));
      const { ARN = '' } = await client.send(new DescribeSecretCommand({ SecretId: name }));
      expect(await currentValue(ARN)).toBe('x');
      expect(await refusal(currentValue(ARN.slice(0, -7)))).toBe('ResourceNotFoundException');
    });
  });

  describe('retries', () => {
    test('creates once with one token', async () => {
      const token = randomUUID();
      const name = await create('value', token);
      const again = await client.send(
        new CreateSecretCommand({ Name: name, SecretString: 'value', ClientRequestToken: token }),
      );
      expect(again.VersionId).toBe(token);
      expect(await labels(name)).toEqual({ [token]: ['AWSCURRENT'] });
    });

    test('refuses to create with the same token and another value', async () => {
      const token = randomUUID();
      const name = await create('value', token);
      expect(
        await refusal(
          client.send(
            new CreateSecretCommand({
              Name: name,
              SecretString: 'other',
              ClientRequestToken: token,
            }),
          ),
        ),
      ).toBe('ResourceExistsException');
    });

    test('puts once with one token, also when others wrote since', async () => {
      const name = await create('first');
      const token = randomUUID();
      await put(name, 'second', { ClientRequestToken: token });
      const third = await put(name, 'third');
      expect(await put(name, 'second', { ClientRequestToken: token })).toBe(token);
      expect(await currentValue(name)).toBe('third');
      expect(await labels(name)).toEqual({ [token]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
    });

    test('refuses to put with the same token and another value', async () => {
      const name = await create('first');
      const token = await put(name, 'second');
      expect(await refusal(put(name, 'other', { ClientRequestToken: token }))).toBe(
        'ResourceExistsException',
      );
      expect(await currentValue(name)).toBe('second');
    });

    test('refuses the token of another version in UpdateSecret', async () => {
      const token = randomUUID();
      const name = await create('value', token);
      expect(
        await refusal(
          client.send(
            new UpdateSecretCommand({
              SecretId: name,
              SecretString: 'other',
              ClientRequestToken: token,
            }),
          ),
        ),
      ).toBe('ResourceExistsException');
    });
  });

  describe('versions', () => {
    test('moves AWSCURRENT and AWSPREVIOUS with a put', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      const second = await put(name, 'second');
      expect(await labels(name)).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
      const third = await put(name, 'third');
      expect(await labels(name)).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
      expect(await currentValue(name)).toBe('third');
    });

    test('reads a version by its id and by its label', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      await put(name, 'second');
      const byId = await client.send(
        new GetSecretValueCommand({ SecretId: name, VersionId: first }),
      );
      expect(byId.SecretString).toBe('first');
      expect(await labelledValue(name, 'AWSPREVIOUS')).toBe('first');
    });

    test('reads a version that has lost all its labels', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      await put(name, 'second');
      await put(name, 'third');
      const answer = await client.send(
        new GetSecretValueCommand({ SecretId: name, VersionId: first }),
      );
      expect(answer).toMatchObject({ VersionId: first, SecretString: 'first' });
      expect(answer.VersionStages ?? []).toEqual([]);
    });

    test('refuses an id and a label that do not belong together', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      await put(name, 'second');
      expect(
        await refusal(
          client.send(
            new GetSecretValueCommand({
              SecretId: name,
              VersionId: first,
              VersionStage: 'AWSCURRENT',
            }),
          ),
        ),
      ).toBe('InvalidRequestException');
    });

    test('says that there is no such version', async () => {
      const name = await create('first');
      expect(
        await refusal(
          client.send(new GetSecretValueCommand({ SecretId: name, VersionId: randomUUID() })),
        ),
      ).toBe('ResourceNotFoundException');
      expect(
        await refusal(
          client.send(new GetSecretValueCommand({ SecretId: name, VersionStage: 'NONE' })),
        ),
      ).toBe('ResourceNotFoundException');
    });

    test('puts aside a version with a label of its own', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      const second = await put(name, 'second', { VersionStages: ['PRIVATE'] });
      expect(await currentValue(name)).toBe('first');
      expect(await labels(name)).toEqual({ [first]: ['AWSCURRENT'], [second]: ['PRIVATE'] });
      const third = await put(name, 'third', { VersionStages: ['PRIVATE'] });
      expect(await labels(name)).toEqual({ [first]: ['AWSCURRENT'], [third]: ['PRIVATE'] });
    });

    test('lists staging labels in order', async () => {
      const name = await create('first');
      const id = await put(name, 'second', { VersionStages: ['two', 'four', 'AWSPENDING', 'one'] });
      expect((await labels(name))[id]).toEqual(['AWSPENDING', 'four', 'one', 'two']);
    });

    test('lists the versions of a secret', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      const second = await put(name, 'second');
      const { Versions = [] } = await client.send(
        new ListSecretVersionIdsCommand({ SecretId: name }),
      );
      expect(Versions.map(({ VersionId, VersionStages }) => [VersionId, VersionStages])).toEqual([
        [first, ['AWSPREVIOUS']],
        [second, ['AWSCURRENT']],
      ]);
    });

    test('leaves unlabelled versions out of a description', async () => {
      const name = await create('first');
      const second = await put(name, 'second');
      const third = await put(name, 'third');
      expect(await describedLabels(name)).toEqual({
        [second]: ['AWSPREVIOUS'],
        [third]: ['AWSCURRENT'],
      });
    });

    test('leaves out unlabelled versions unless asked', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      const rest = [await put(name, 'second'), await put(name, 'third')];
      const listed = async (IncludeDeprecated: boolean): Promise<unknown[]> => {
        const { Versions = [] } = await client.send(
          new ListSecretVersionIdsCommand({ SecretId: name, IncludeDeprecated }),
        );
        return Versions.map(({ VersionId }) => VersionId);
      };
      expect(await listed(false)).toEqual(rest);
      expect(await listed(true)).toEqual([first, ...rest]);
    });

    test('pages through the versions of a secret', async () => {
      const first = randomUUID();
      const name = await create('0', first);
      const ids: string[] = [first];
      for (let index = 1; index < 5; index += 1) ids.push(await put(name, String(index)));
      const seen: unknown[] = [];
      let token: string | undefined;
      do {
        const page: ListSecretVersionIdsCommandOutput = await client.send(
          new ListSecretVersionIdsCommand({
            SecretId: name,
            IncludeDeprecated: true,
            MaxResults: 2,
            NextToken: token,
          }),
        );
        seen.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
        token = page.NextToken;
      } while (token !== undefined);
      expect(seen).toEqual(ids);
    });

    test('ends a rotation when the current version is replaced', async () => {
      const first = randomUUID();
      const name = await create('first', first);
      const second = await put(name, 'second', { VersionStages: ['AWSCURRENT', 'AWSPENDING'] });
      const third = await put(name, 'third');
      expect(await labels(name)).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
    });

    test('updates the value and the description together', async () => {
      const name = await create('first');
      const { VersionId } = await client.send(
        new UpdateSecretCommand({ SecretId: name, SecretString: 'second', Description: 'new' }),
      );
      const details = await client.send(new DescribeSecretCommand({ SecretId: name }));
      expect(details.Description).toBe('new');
      expect(details.VersionIdsToStages?.[VersionId ?? '']).toEqual(['AWSCURRENT']);
    });
  });

  describe('tags', () => {
    const tagsOf = async (SecretId: string): Promise<Record<string, string>> => {
      const { Tags = [] } = await client.send(new DescribeSecretCommand({ SecretId }));
      return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    };

    test('are added, replaced and removed, and make no version', async () => {
      const SecretId = await create('x');
      const before = await describedLabels(SecretId);
      const tag = (Tags: { Key: string; Value: string }[]): Promise<unknown> =>
        client.send(new TagResourceCommand({ SecretId, Tags }));
      await tag([
        { Key: 'team', Value: 'shop' },
        { Key: 'stage', Value: 'test' },
      ]);
      await tag([{ Key: 'stage', Value: 'live' }]);
      expect(await tagsOf(SecretId)).toEqual({ team: 'shop', stage: 'live' });
      await client.send(new UntagResourceCommand({ SecretId, TagKeys: ['team', 'none'] }));
      expect(await tagsOf(SecretId)).toEqual({ stage: 'live' });
      expect(await describedLabels(SecretId)).toEqual(before);
      await put(SecretId, 'y');
      expect(await tagsOf(SecretId)).toEqual({ stage: 'live' });
    });

    test('belong to a secret that there is', async () => {
      const Tags = [{ Key: 'a', Value: 'b' }];
      const failures = await Promise.all([
        failure(client.send(new TagResourceCommand({ SecretId: freshName(), Tags }))),
        failure(client.send(new UntagResourceCommand({ SecretId: freshName(), TagKeys: ['a'] }))),
      ]);
      for (const one of failures) {
        expect(one).toMatchObject({ name: 'ResourceNotFoundException' });
      }
    });
  });

  describe('compare-and-swap by labels', () => {
    const swap = async (name: string, from: string | undefined, to: string): Promise<unknown> =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: name,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: to,
          ...(from === undefined ? {} : { RemoveFromVersionId: from }),
        }),
      );

    test('moves AWSCURRENT from the version that has it', async () => {
      const base = randomUUID();
      const name = await create('base', base);
      const mine = await put(name, 'mine', { VersionStages: ['PRIVATE'] });
      await swap(name, base, mine);
      expect(await labelledValue(name, 'AWSCURRENT')).toBe('mine');
      expect(await labelledValue(name, 'AWSPREVIOUS')).toBe('base');
      const after = await labels(name);
      expect(after[base]).toEqual(['AWSPREVIOUS']);
      expect(after[mine]?.toSorted()).toEqual(['AWSCURRENT', 'PRIVATE']);
    });

    test('reads what was swapped in without naming a label', async () => {
      const base = randomUUID();
      const name = await create('base', base);
      await swap(name, base, await put(name, 'mine', { VersionStages: ['PRIVATE'] }));
      expect(await currentValue(name)).toBe('mine');
    });

    test('fails, and changes nothing, when another version has it', async () => {
      const base = randomUUID();
      const name = await create('base', base);
      const mine = await put(name, 'mine', { VersionStages: ['PRIVATE'] });
      const theirs = await put(name, 'theirs');
      const before = await labels(name);
      expect(await refusal(swap(name, base, mine))).toBe('InvalidParameterException');
      expect(await labels(name)).toEqual(before);
      expect(before[theirs]).toEqual(['AWSCURRENT']);
    });

    test('lets one of two swaps from the same base win', async () => {
      const base = randomUUID();
      const name = await create('base', base);
      const mine = await put(name, 'mine', { VersionStages: ['MINE'] });
      const theirs = await put(name, 'theirs', { VersionStages: ['THEIRS'] });
      const outcomes = await Promise.allSettled([swap(name, base, mine), swap(name, base, theirs)]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const won = outcomes[0].status === 'fulfilled' ? 'mine' : 'theirs';
      expect(await labelledValue(name, 'AWSCURRENT')).toBe(won);
    });

    test('fails when it is not said which version has it', async () => {
      const base = randomUUID();
      const name = await create('base', base);
      const mine = await put(name, 'mine', { VersionStages: ['PRIVATE'] });
      expect(await failure(swap(name, undefined, mine))).toMatchObject({
        name: 'InvalidParameterException',
        message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${base}, so you must explicitly reference that version in RemoveFromVersionId.`,
      });
    });

    test('refuses to take AWSCURRENT away altogether', async () => {
      const base = randomUUID();
      const name = await create('base', base);
      expect(
        await refusal(
          client.send(
            new UpdateSecretVersionStageCommand({
              SecretId: name,
              VersionStage: 'AWSCURRENT',
              RemoveFromVersionId: base,
            }),
          ),
        ),
      ).toBe('InvalidParameterException');
    });

    test('takes a private label away', async () => {
      const base = randomUUID();
      const name = await create('base', base);
      const mine = await put(name, 'mine', { VersionStages: ['PRIVATE'] });
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: name,
          VersionStage: 'PRIVATE',
          RemoveFromVersionId: mine,
        }),
      );
      expect((await labels(name))[mine] ?? []).toEqual([]);
    });
  });

  describe('deletion', () => {
    const schedule = async (name: string, days?: number): Promise<Date | undefined> => {
      const { DeletionDate } = await client.send(
        new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: days }),
      );
      return DeletionDate;
    };
    const daysFromNow = (date: Date | undefined): number =>
      Math.round(((date?.getTime() ?? 0) - Date.now()) / 86_400_000);

    test('is scheduled, for thirty days unless said otherwise', async () => {
      expect(daysFromNow(await schedule(await create('x')))).toBe(30);
      expect(daysFromNow(await schedule(await create('x'), 7))).toBe(7);
    });

    test('knows windows of 7 to 30 days', async () => {
      const name = await create('x');
      for (const days of [6, 31]) {
        expect(await refusal(schedule(name, days))).toBe('InvalidParameterException');
      }
      expect(
        await refusal(
          client.send(
            new DeleteSecretCommand({
              SecretId: name,
              RecoveryWindowInDays: 7,
              ForceDeleteWithoutRecovery: true,
            }),
          ),
        ),
      ).toBe('InvalidParameterException');
      expect(await currentValue(name)).toBe('x');
    });

    test('hides the value until restored', async () => {
      const name = await create('kept');
      await schedule(name);
      expect(await refusal(currentValue(name))).toBe('InvalidRequestException');
      const details = await client.send(new DescribeSecretCommand({ SecretId: name }));
      expect(details.DeletedDate).toBeInstanceOf(Date);
      await client.send(new RestoreSecretCommand({ SecretId: name }));
      expect(await currentValue(name)).toBe('kept');
      const restored = await client.send(new DescribeSecretCommand({ SecretId: name }));
      expect(restored.DeletedDate).toBeUndefined();
    });

    test('tells the labels of a secret scheduled for deletion, and until when', async () => {
      const name = await create('first');
      const second = await put(name, 'second');
      const until = await schedule(name);
      const details = await client.send(new DescribeSecretCommand({ SecretId: name }));
      expect(details.VersionIdsToStages?.[second]).toEqual(['AWSCURRENT']);
      expect(daysFromNow(details.DeletedDate)).toBe(daysFromNow(until));
      const { SecretList = [] } = await client.send(
        new ListSecretsCommand({
          Filters: [{ Key: 'name', Values: [name] }],
          IncludePlannedDeletion: true,
        }),
      );
      expect(SecretList.map(({ DeletedDate }) => daysFromNow(DeletedDate))).toEqual([30]);
    });

    test('refuses to write to a secret scheduled for deletion', async () => {
      const name = await create('kept');
      await schedule(name);
      expect(await refusal(put(name, 'new'))).toBe('InvalidRequestException');
    });

    test('refuses to update a secret scheduled for deletion', async () => {
      const name = await create('kept');
      await schedule(name);
      expect(
        await refusal(
          client.send(new UpdateSecretCommand({ SecretId: name, SecretString: 'new' })),
        ),
      ).toBe('InvalidRequestException');
    });

    test('refuses a name scheduled for deletion', async () => {
      const name = await create('kept');
      await schedule(name);
      expect(
        await failure(client.send(new CreateSecretCommand({ Name: name, SecretString: 'new' }))),
      ).toMatchObject({
        name: 'InvalidRequestException',
        message:
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
      });
    });

    test('refuses to schedule twice', async () => {
      const name = await create('kept');
      await schedule(name);
      expect(await refusal(schedule(name))).toBe('InvalidRequestException');
    });

    test('restores what was not deleted without complaint', async () => {
      const name = await create('kept');
      await client.send(new RestoreSecretCommand({ SecretId: name }));
      expect(await currentValue(name)).toBe('kept');
    });

    test('can be forced, scheduled or not, and frees the name', async () => {
      const name = await create('old');
      const before = await client.send(new DescribeSecretCommand({ SecretId: name }));
      await schedule(name);
      await client.send(
        new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }),
      );
      expect(await refusal(currentValue(name))).toBe('ResourceNotFoundException');
      const { ARN } = await client.send(
        new CreateSecretCommand({ Name: name, SecretString: 'new' }),
      );
      expect(ARN).not.toBe(before.ARN);
      expect(await currentValue(name)).toBe('new');
    });

    test('can be forced on what is not there', async () => {
      const name = freshName();
      const answer = await client.send(
        new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }),
      );
      expect(answer.Name).toBe(name);
    });
  });

  describe('listing', () => {
    const list = async (
      prefix: string,
      MaxResults: number,
      IncludePlannedDeletion = false,
    ): Promise<string[][]> => {
      const pages: string[][] = [];
      let NextToken: string | undefined;
      do {
        const page: ListSecretsCommandOutput = await client.send(
          new ListSecretsCommand({
            MaxResults,
            IncludePlannedDeletion,
            Filters: [{ Key: 'name', Values: [prefix] }],
            NextToken,
          }),
        );
        pages.push((page.SecretList ?? []).map(({ Name = '' }) => Name));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      return pages;
    };

    const createSeveral = async (count: number): Promise<{ prefix: string; names: string[] }> => {
      const prefix = freshName();
      const names = Array.from({ length: count }, (_, index) => `${prefix}/${index}`);
      for (const Name of names) {
        await client.send(new CreateSecretCommand({ Name, SecretString: 'x' }));
      }
      return { prefix, names };
    };

    test('comes in pages', async () => {
      const { prefix, names } = await createSeveral(5);
      const pages = await list(prefix, 2);
      expect(pages.flat().toSorted()).toEqual(names);
      expect(pages.every((page) => page.length <= 2)).toBe(true);
    });

    test('tells the versions and their labels', async () => {
      const { prefix, names } = await createSeveral(1);
      const { SecretList } = await client.send(
        new ListSecretsCommand({ Filters: [{ Key: 'name', Values: [prefix] }] }),
      );
      const stages = Object.values(SecretList?.[0]?.SecretVersionsToStages ?? {});
      expect(SecretList?.[0]?.Name).toBe(names[0]);
      expect(stages).toEqual([['AWSCURRENT']]);
    });

    test('gives the exact name before longer ones when sorted by name', async () => {
      const name = await create('x');
      for (const suffix of ['/b', '-a', '0']) {
        await client.send(new CreateSecretCommand({ Name: `${name}${suffix}`, SecretString: 'x' }));
      }
      const { SecretList } = await client.send(
        new ListSecretsCommand({
          Filters: [{ Key: 'name', Values: [name] }],
          SortBy: 'name',
          SortOrder: 'asc',
          MaxResults: 1,
        }),
      );
      expect(SecretList?.map(({ Name }) => Name)).toEqual([name]);
    });

    test('hides what is scheduled for deletion unless asked', async () => {
      const { prefix, names } = await createSeveral(2);
      await client.send(new DeleteSecretCommand({ SecretId: names[0] }));
      expect((await list(prefix, 100)).flat()).toEqual([names[1]]);
      expect((await list(prefix, 100, true)).flat().toSorted()).toEqual(names);
    });

    test('knows pages of 1 to 100', async () => {
      for (const MaxResults of [0, 101]) {
        expect(await refusal(client.send(new ListSecretsCommand({ MaxResults })))).toBe(
          'ValidationException',
        );
      }
    });

    test('refuses a page token that is not its own', async () => {
      expect(await refusal(client.send(new ListSecretsCommand({ NextToken: 'made-up' })))).toBe(
        'InvalidNextTokenException',
      );
    });

    test('filters by the start of the name, or by what it is not', async () => {
      const { prefix, names } = await createSeveral(3);
      const { SecretList = [] } = await client.send(
        new ListSecretsCommand({
          Filters: [
            { Key: 'name', Values: [prefix] },
            { Key: 'name', Values: [`!${prefix}/1`] },
          ],
        }),
      );
      expect(SecretList.map(({ Name = '' }) => Name).toSorted()).toEqual([names[0], names[2]]);
    });
  });

  describe('batches', () => {
    test('give values, and errors beside them', async () => {
      const good = await create('good');
      const gone = await create('gone');
      await client.send(new DeleteSecretCommand({ SecretId: gone }));
      const missing = freshName();
      const answer = await client.send(
        new BatchGetSecretValueCommand({ SecretIdList: [good, gone, missing] }),
      );
      expect(answer.SecretValues?.map(({ Name, SecretString }) => [Name, SecretString])).toEqual([
        [good, 'good'],
      ]);
      expect(answer.Errors?.map(({ SecretId, ErrorCode }) => [SecretId, ErrorCode])).toEqual([
        [gone, 'InvalidRequestException'],
        [missing, 'ResourceNotFoundException'],
      ]);
    });

    test('refuses more than 20 secrets in a batch', async () => {
      const SecretIdList = Array.from({ length: 21 }, freshName);
      expect(await refusal(client.send(new BatchGetSecretValueCommand({ SecretIdList })))).toBe(
        'ValidationException',
      );
    });

    test('take a list or filters, not both', async () => {
      expect(
        await refusal(
          client.send(
            new BatchGetSecretValueCommand({
              SecretIdList: ['a'],
              Filters: [{ Key: 'name', Values: ['a'] }],
            }),
          ),
        ),
      ).toBe('InvalidParameterException');
      expect(
        await refusal(
          client.send(new BatchGetSecretValueCommand({ SecretIdList: ['a'], MaxResults: 5 })),
        ),
      ).toBe('InvalidParameterException');
    });

    test('page through what filters find', async () => {
      const prefix = freshName();
      const names = ['1', '2', '3'].map((end) => `${prefix}/${end}`);
      for (const Name of names) {
        await client.send(new CreateSecretCommand({ Name, SecretString: Name }));
      }
      const seen: unknown[] = [];
      let NextToken: string | undefined;
      do {
        const page: BatchGetSecretValueCommandOutput = await client.send(
          new BatchGetSecretValueCommand({
            Filters: [{ Key: 'name', Values: [prefix] }],
            MaxResults: 2,
            NextToken,
          }),
        );
        seen.push(...(page.SecretValues ?? []).map(({ SecretString }) => SecretString));
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      expect(seen).toEqual(names);
    });
  });

  describe('roles', () => {
    test('are handed out for an hour, and take the place of the keys', async () => {
      const { endpoint, region } = running;
      const provider = fromTemporaryCredentials({
        masterCredentials: running,
        params: {
          RoleArn: 'arn:aws:iam::123456789012:role/conformance',
          RoleSessionName: 'tester',
          ExternalId: 'ours',
        },
        clientConfig: { endpoint, region, maxAttempts: 1 },
      });
      const credentials = await provider();
      expect(credentials.accessKeyId).toMatch(/^ASIA/);
      const seconds = ((credentials.expiration?.getTime() ?? 0) - Date.now()) / 1000;
      expect(seconds).toBeGreaterThan(3500);
      expect(seconds).toBeLessThan(3700);
      const name = await create('{"A": 1}');
      const asRole = new SecretsManagerClient({ endpoint, region, credentials });
      const { SecretString } = await asRole.send(new GetSecretValueCommand({ SecretId: name }));
      asRole.destroy();
      expect(SecretString).toBe('{"A": 1}');
    });
  });

  describe('what is not there, by a complete ARN', () => {
    const SecretId = `arn:aws:secretsmanager:us-east-1:123456789012:secret:none/${randomUUID()}-AbCdEf`;

    test.each([
      ['put', () => client.send(new PutSecretValueCommand({ SecretId, SecretString: '{}' }))],
      ['deleted', () => client.send(new DeleteSecretCommand({ SecretId }))],
      ['described', () => client.send(new DescribeSecretCommand({ SecretId }))],
      ['restored', () => client.send(new RestoreSecretCommand({ SecretId }))],
      [
        'relabelled',
        () =>
          client.send(
            new UpdateSecretVersionStageCommand({
              SecretId,
              VersionStage: 'X',
              MoveToVersionId: randomUUID(),
            }),
          ),
      ],
      ['listed by its versions', () => client.send(new ListSecretVersionIdsCommand({ SecretId }))],
    ] as const)('is not made by being %s', async (_, ask) => {
      expect(await refusal(ask())).toBe('ResourceNotFoundException');
      const { SecretList = [] } = await client.send(
        new ListSecretsCommand({
          Filters: [{ Key: 'name', Values: ['none/'] }],
          IncludePlannedDeletion: true,
        }),
      );
      expect(SecretList).toEqual([]);
    });

    test('is an error inside the answer to a batch', async () => {
      const { SecretValues, Errors } = await client.send(
        new BatchGetSecretValueCommand({ SecretIdList: [SecretId] }),
      );
      expect(SecretValues).toEqual([]);
      expect(Errors).toMatchObject([{ ErrorCode: 'ResourceNotFoundException' }]);
    });
  });
});
