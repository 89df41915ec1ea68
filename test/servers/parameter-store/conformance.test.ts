/**
 * The behaviour of Parameter Store, tested through the SDK: always with the stand-in, and with a real server
 * if there is one, so that the stand-in cannot drift away from it.
 */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
  type DescribeParametersCommandOutput,
  type GetParameterHistoryCommandOutput,
  type GetParametersByPathCommandOutput,
  type Parameter,
  type ParameterHistory,
  type ParameterMetadata,
  type ParameterStringFilter,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, type RunnerTask } from 'vitest';
import { failure } from '../aws/failure';
import type { RunningService } from '../aws/real-service';
import { findRealParameterStore } from '../real-parameter-store';
import { startParameterStoreServer } from './server';

interface Target {
  readonly name: string;
  readonly start: () => Promise<RunningService>;
  /** Of each call: AWS throttles writes, and the SDK then waits; elsewhere a test sees the first failure. */
  readonly attempts: number;
  /** The known differences from AWS: the test, and what this server does instead. */
  readonly differences: ReadonlyMap<string, string>;
}

const standIn: Target = {
  name: 'the stand-in',
  attempts: 1,
  differences: new Map(),
  start: async () => {
    const server = await startParameterStoreServer();
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
  ['refuses what looks like a reference to another parameter', 'takes it'],
  ['checks a value against the allowed pattern', 'ignores the pattern'],
  ['refuses more in the Standard tier', 'any size is taken'],
  ['refuses more in any tier', 'any size is taken'],
  ['chooses the tier by the size', 'gives back Intelligent-Tiering'],
  ['never goes back to the Standard tier', 'goes back'],
  ['refuses the sixteenth level', 'any number is taken'],
  ['refuses other characters and empty levels', 'any name is taken'],
  ['refuses a hierarchy without a slash in front', 'any name is taken'],
  ['refuses a name above 1,011 characters, the ARN included', 'any length is taken'],
  ['needs a type to create, none to overwrite', 'creates one without a type, and then fails'],
  ['refuses another type', 'changes the type'],
  ['tells the key of a SecureString only', 'takes a key for a String'],
  ['refuses a key that there is not', 'takes any key'],
  ['says so when asked for its history or to label it', 'can list nothing afterwards'],
  ['says that no version has a label', 'says ParameterNotFound'],
  ['repeats the selector', 'leaves it out'],
  ['reads one to ten at a time', 'reads none, too'],
  ['knows pages of 1 to 10', 'takes 0, and then never ends'],
  ['needs a slash in front', 'finds nothing'],
  ['comes in pages of fifty at most', 'any size is taken'],
  ['knows pages of 1 to 50', 'any size is taken'],
  ['takes ten at most', 'any number is taken'],
  ['have no braces, quotes or commas', 'any text is taken'],
  ['refuses a page token that is not its own', 'fails with an HTML page'],
]);

const real = await findRealParameterStore();

const targets: Target[] = [standIn];
if (real !== undefined) {
  const { isMoto } = real;
  targets.push({
    name: real.name,
    attempts: isMoto ? 1 : 20,
    differences: isMoto ? motoDifferences : new Map<string, string>(),
    start: async () => real.start(),
  });
}

test('a real server takes part', ({ skip }) => {
  skip(real === undefined, 'no moto_server on the PATH, no AWS_ENDPOINT_URL_SSM');
  expect(targets).toHaveLength(2);
});

const namesIn = (tasks: readonly RunnerTask[]): string[] =>
  tasks.flatMap((task) => (task.type === 'suite' ? namesIn(task.tasks) : [task.name]));

describe.each(targets)('$name', ({ start, attempts, differences }) => {
  let running: RunningService;
  let client: SSMClient;
  /** Everything is below one path, so that nothing is left in an account. */
  const root = `/conformance-${randomUUID()}`;

  beforeAll(async () => {
    running = await start();
    client = new SSMClient({
      endpoint: running.endpoint,
      region: running.region,
      credentials: running,
      maxAttempts: attempts,
    });
  }, 60_000);

  afterAll(async () => {
    const left = (await byPath(root, { Recursive: true })).flat();
    for (let start = 0; start < left.length; start += 10) {
      const Names = left.slice(start, start + 10).map(({ Name = '' }) => Name);
      await client.send(new DeleteParametersCommand({ Names }));
    }
    client.destroy();
    await running.stop();
  }, 300_000);

  beforeEach(({ task, skip }) => {
    const difference = differences.get(task.name);
    skip(difference !== undefined, `differs from AWS: ${difference}`);
  });

  test('every known difference belongs to a test', ({ task }) => {
    const names = new Set(namesIn(task.suite?.tasks ?? []));
    expect([...differences.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  const freshName = (): string => `${root}/${randomUUID()}`;

  const put = async (
    Name: string,
    Value: string,
    options: Partial<PutParameterCommandInput> = {},
  ): Promise<number | undefined> => {
    const { Version } = await client.send(
      new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true, ...options }),
    );
    return Version;
  };

  const create = async (
    value: string,
    options: Partial<PutParameterCommandInput> = {},
  ): Promise<string> => {
    const name = freshName();
    await put(name, value, { Overwrite: false, ...options });
    return name;
  };

  const read = async (Name: string, WithDecryption = true): Promise<Parameter | undefined> =>
    (await client.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;

  const value = async (name: string): Promise<string | undefined> => (await read(name))?.Value;

  const describeOne = async (name: string): Promise<ParameterMetadata | undefined> => {
    const { Parameters } = await client.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Values: [name] }] }),
    );
    return Parameters?.[0];
  };

  const history = async (Name: string, MaxResults?: number): Promise<ParameterHistory[][]> => {
    const pages: ParameterHistory[][] = [];
    let NextToken: string | undefined;
    do {
      const page: GetParameterHistoryCommandOutput = await client.send(
        new GetParameterHistoryCommand({ Name, MaxResults, NextToken, WithDecryption: true }),
      );
      pages.push(page.Parameters ?? []);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return pages;
  };

  const byPath = async (
    Path: string,
    options: { Recursive?: boolean; MaxResults?: number; WithDecryption?: boolean } = {},
  ): Promise<Parameter[][]> => {
    const pages: Parameter[][] = [];
    let NextToken: string | undefined;
    do {
      const page: GetParametersByPathCommandOutput = await client.send(
        new GetParametersByPathCommand({ Path, NextToken, ...options }),
      );
      pages.push(page.Parameters ?? []);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return pages;
  };

  const described = async (
    filters: ParameterStringFilter[],
    MaxResults?: number,
  ): Promise<ParameterMetadata[][]> => {
    const pages: ParameterMetadata[][] = [];
    let NextToken: string | undefined;
    do {
      const page: DescribeParametersCommandOutput = await client.send(
        new DescribeParametersCommand({ ParameterFilters: filters, MaxResults, NextToken }),
      );
      pages.push(page.Parameters ?? []);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return pages;
  };

  const label = async (Name: string, Labels: string[], ParameterVersion?: number) =>
    client.send(new LabelParameterVersionCommand({ Name, Labels, ParameterVersion }));

  /** The code of the error that a call fails with. */
  const refusal = async (call: Promise<unknown>): Promise<string> => (await failure(call)).name;

  const namesOf = (pages: { Name?: string | undefined }[][]): string[] =>
    pages
      .flat()
      .map(({ Name = '' }) => Name)
      .toSorted();

  describe('values', () => {
    test('keeps text as it is', async () => {
      const text = ' {"b":1,"a":"ünïcødé 🔑\\n"}\r\n\t{ {x} } ';
      const name = await create(text);
      const parameter = await read(name);
      expect(parameter).toMatchObject({
        Name: name,
        Type: 'SecureString',
        Value: text,
        Version: 1,
        DataType: 'text',
      });
      expect(parameter?.LastModifiedDate).toBeInstanceOf(Date);
      expect(parameter?.ARN).toMatch(
        new RegExp(`^arn:aws:ssm:${running.region}:\\d{12}:parameter${name}$`),
      );
    });

    test('gives a SecureString encrypted unless asked for it in the clear', async () => {
      const name = await create('plain words');
      const parameter = await read(name, false);
      expect(parameter?.Type).toBe('SecureString');
      expect(parameter?.Value).not.toBe('plain words');
      expect((await byPath(root, { Recursive: true })).flat()).not.toContainEqual(
        expect.objectContaining({ Value: 'plain words' }),
      );
    });

    test('gives a String and a StringList in the clear', async () => {
      const text = await create('plain', { Type: 'String' });
      const list = await create('a,b', { Type: 'StringList' });
      expect(await read(text, false)).toMatchObject({ Type: 'String', Value: 'plain' });
      expect(await read(list, false)).toMatchObject({ Type: 'StringList', Value: 'a,b' });
    });

    test('refuses an empty value', async () => {
      expect(await refusal(create(''))).toBe('ValidationException');
    });

    test('refuses what looks like a reference to another parameter', async () => {
      for (const text of ['{{ssm:other}}', 'a {{ name }} b']) {
        expect(await failure(create(text))).toMatchObject({
          name: 'ValidationException',
          message: expect.stringContaining("can't nest another parameter"),
        });
      }
      await create('{ not } }} a {{ reference');
    });

    test('checks a value against the allowed pattern', async () => {
      const AllowedPattern = '^\\d+$';
      const name = await create('42', { AllowedPattern });
      expect(await refusal(put(name, 'many'))).toBe('ParameterPatternMismatchException');
      expect(await value(name)).toBe('42');
    });
  });

  describe('tiers', () => {
    test('takes 4,096 bytes in the Standard tier', async () => {
      const text = 'x'.repeat(4096);
      const name = await create(text);
      expect(await value(name)).toBe(text);
      expect((await describeOne(name))?.Tier).toBe('Standard');
    });

    test('refuses more in the Standard tier', async () => {
      expect(await failure(create('x'.repeat(4097)))).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('advanced-parameter tier'),
      });
    });

    test('takes 8,192 bytes in the Advanced tier', async () => {
      const name = await create('x'.repeat(8192), { Tier: 'Advanced' });
      expect((await describeOne(name))?.Tier).toBe('Advanced');
    });

    test('refuses more in any tier', async () => {
      for (const Tier of ['Advanced', 'Intelligent-Tiering'] as const) {
        expect(await refusal(create('x'.repeat(8193), { Tier }))).toBe('ValidationException');
      }
    });

    test('chooses the tier by the size', async () => {
      const Tier = 'Intelligent-Tiering';
      const name = await create('small', { Tier });
      expect((await describeOne(name))?.Tier).toBe('Standard');
      const answer = await client.send(
        new PutParameterCommand({ Name: name, Value: 'x'.repeat(5000), Overwrite: true, Tier }),
      );
      expect(answer).toMatchObject({ Version: 2, Tier: 'Advanced' });
      expect((await describeOne(name))?.Tier).toBe('Advanced');
    });

    test('never goes back to the Standard tier', async () => {
      const name = await create('x', { Tier: 'Advanced' });
      expect(await failure(put(name, 'y', { Tier: 'Standard' }))).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining("can't downgrade"),
      });
      await put(name, 'y', { Tier: 'Intelligent-Tiering' });
      expect((await describeOne(name))?.Tier).toBe('Advanced');
    });
  });

  describe('names', () => {
    test('takes letters, digits and .-_ in up to 15 levels, case by case', async () => {
      const levels = Array.from({ length: 12 }, (_, index) => index);
      const deep = `${freshName()}/${levels.join('/')}/aZ09_.-`;
      await put(deep, 'x');
      await put(deep.replace('aZ', 'AZ'), 'y');
      expect(await value(deep)).toBe('x');
    });

    test('refuses the sixteenth level', async () => {
      const levels = Array.from({ length: 14 }, (_, index) => index);
      expect(await refusal(put(`${freshName()}/${levels.join('/')}`, 'x'))).toBe(
        'HierarchyLevelLimitExceededException',
      );
    });

    test('refuses other characters and empty levels', async () => {
      for (const end of [' b', '%', 'é', '//b', '/', ':3', '{']) {
        expect(await refusal(put(freshName() + end, 'x'))).toBe('ValidationException');
      }
    });

    test('refuses a hierarchy without a slash in front', async () => {
      expect(await failure(put(freshName().slice(1), 'x'))).toMatchObject({
        name: 'ValidationException',
        message: 'Parameter name must be a fully qualified name.',
      });
    });

    test('refuses reserved names', async () => {
      expect(await refusal(put('/aws/app/KEY', 'x'))).toBe('AccessDeniedException');
      for (const name of ['awsKEY', 'SSM_KEY', '/ssm/KEY']) {
        expect(await refusal(put(name, 'x'))).toBe('ValidationException');
      }
    });

    test('refuses a name above 1,011 characters, the ARN included', async () => {
      const name = await create('x');
      const { ARN = '' } = (await read(name)) ?? {};
      const padding = 'x'.repeat(1011 - ARN.length - 1);
      await put(`${name}/${padding}`, 'x');
      expect(await refusal(put(`${name}/${padding}x`, 'x'))).toBe('ValidationException');
    });

    test('refuses a name that is taken, unless told to overwrite', async () => {
      const name = await create('first');
      expect(await failure(put(name, 'second', { Overwrite: false }))).toMatchObject({
        name: 'ParameterAlreadyExists',
        message:
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        $metadata: { httpStatusCode: 400 },
      });
      expect(await value(name)).toBe('first');
    });

    test('says that there is no such parameter', async () => {
      const Name = freshName();
      for (const ask of [
        async () => read(Name),
        async () => client.send(new DeleteParameterCommand({ Name })),
      ]) {
        expect(await failure(ask())).toMatchObject({
          name: 'ParameterNotFound',
          $metadata: { httpStatusCode: 400 },
        });
      }
    });

    test('says so when asked for its history or to label it', async () => {
      const name = freshName();
      expect(await refusal(history(name))).toBe('ParameterNotFound');
      expect(await refusal(label(name, ['a']))).toBe('ParameterNotFound');
    });
  });

  describe('writing', () => {
    test('counts the versions', async () => {
      const name = freshName();
      expect(await put(name, 'a')).toBe(1);
      expect(await put(name, 'b')).toBe(2);
      expect(await put(name, 'b')).toBe(3);
      expect((await read(name))?.Version).toBe(3);
    });

    test('gives writes at the same time a number each, or refuses them', async () => {
      const name = await create('0');
      const writes = Array.from({ length: 10 }, async (_, index) => put(name, `w${index}`));
      const results = await Promise.allSettled(writes);
      const numbers = results.flatMap((result) =>
        result.status === 'fulfilled' ? [result.value ?? 0] : [],
      );
      const refusals = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as Error).name] : [],
      );
      expect(refusals).toEqual(refusals.map(() => 'TooManyUpdates'));
      const inOrder = numbers.toSorted((a, b) => a - b);
      expect(inOrder).toEqual(inOrder.map((_, index) => index + 2));
      expect((await read(name))?.Version).toBe(inOrder.at(-1));
    });

    test('needs a type to create, none to overwrite', async () => {
      const name = freshName();
      expect(await failure(put(name, 'x', { Type: undefined }))).toMatchObject({
        name: 'ValidationException',
      });
      await put(name, 'x');
      await put(name, 'y', { Type: undefined });
      expect(await read(name)).toMatchObject({ Type: 'SecureString', Value: 'y' });
    });

    test('refuses another type', async () => {
      const name = await create('x');
      expect(await refusal(put(name, 'y', { Type: 'String' }))).toBe(
        'HierarchyTypeMismatchException',
      );
      expect(await read(name)).toMatchObject({ Type: 'SecureString', Value: 'x' });
    });

    test('keeps the description unless a new one comes', async () => {
      const name = await create('x', { Description: 'about it' });
      await put(name, 'y');
      expect((await describeOne(name))?.Description).toBe('about it');
      await put(name, 'z', { Description: 'otherwise' });
      expect((await describeOne(name))?.Description).toBe('otherwise');
    });

    test('tells the key of a SecureString only', async () => {
      const [secure, plain] = [await create('x'), await create('x', { Type: 'String' })];
      expect((await describeOne(secure))?.KeyId).toBe('alias/aws/ssm');
      expect((await describeOne(plain))?.KeyId).toBeUndefined();
      expect(await refusal(create('x', { Type: 'String', KeyId: 'alias/aws/ssm' }))).toBe(
        'ValidationException',
      );
    });

    test('refuses a key that there is not', async () => {
      for (const KeyId of [`alias/${randomUUID()}`, randomUUID()]) {
        expect(await refusal(create('x', { KeyId }))).toBe('InvalidKeyId');
      }
    });

    test('makes a hundred versions, and then forgets the oldest', async () => {
      const name = freshName();
      for (let version = 1; version <= 101; version += 1) await put(name, `v${version}`);
      const versions = (await history(name)).flat().map(({ Version }) => Version);
      expect(versions).toHaveLength(100);
      expect(versions.toSorted((a = 0, b = 0) => a - b)[0]).toBe(2);
      expect(await refusal(read(`${name}:1`))).toBe('ParameterVersionNotFound');
      await label(name, ['keep'], 2);
      expect(await refusal(put(name, 'more'))).toBe('ParameterMaxVersionLimitExceeded');
      expect(await value(name)).toBe('v101');
    }, 300_000);
  });

  describe('reading', () => {
    test('selects a version by number or label', async () => {
      const name = await create('one');
      await put(name, 'two');
      await label(name, ['live'], 1);
      expect(await read(`${name}:1`)).toMatchObject({ Name: name, Value: 'one' });
      expect(await read(`${name}:live`)).toMatchObject({ Value: 'one', Version: 1 });
      expect(await refusal(read(`${name}:7`))).toBe('ParameterVersionNotFound');
    });

    test('says that no version has a label', async () => {
      expect(await refusal(read(`${await create('x')}:none`))).toBe('ParameterVersionNotFound');
    });

    test('repeats the selector', async () => {
      const name = await create('one');
      expect((await read(`${name}:1`))?.Selector).toBe(':1');
      expect((await read(name))?.Selector).toBeUndefined();
    });

    test('reads several, and tells which it did not find', async () => {
      const [a, b, missing] = [await create('a'), await create('b'), freshName()];
      await put(b, 'b2');
      const { Parameters = [], InvalidParameters } = await client.send(
        new GetParametersCommand({
          Names: [a, `${b}:1`, missing, `${a}:9`],
          WithDecryption: true,
        }),
      );
      expect(Parameters.map(({ Value = '' }) => Value).toSorted()).toEqual(['a', 'b']);
      expect(InvalidParameters?.toSorted()).toEqual([missing, `${a}:9`].toSorted());
    });

    test('reads one to ten at a time', async () => {
      const eleven = Array.from({ length: 11 }, freshName);
      for (const Names of [eleven, []]) {
        expect(await refusal(client.send(new GetParametersCommand({ Names })))).toBe(
          'ValidationException',
        );
      }
    });
  });

  describe('a path', () => {
    const tree = async (): Promise<string> => {
      const path = freshName();
      for (const end of ['a', 'b', 'deep/c', 'deep/d/e']) await put(`${path}/${end}`, end);
      await put(`${path}-other/a`, 'x');
      return path;
    };

    test('has its own level, or all below', async () => {
      const path = await tree();
      const own = [`${path}/a`, `${path}/b`];
      const all = [...own, `${path}/deep/c`, `${path}/deep/d/e`];
      expect(namesOf(await byPath(path))).toEqual(own);
      expect(namesOf(await byPath(path, { Recursive: true }))).toEqual(all);
      expect(namesOf(await byPath(`${path}/`, { Recursive: true }))).toEqual(all);
    });

    test('gives values in the clear when asked', async () => {
      const path = await tree();
      const pages = await byPath(path, { WithDecryption: true });
      expect(pages.flat().map(({ Value }) => Value)).toEqual(['a', 'b']);
    });

    test('comes in pages of ten at most', async () => {
      const path = freshName();
      const ends = Array.from({ length: 12 }, (_, index) => `K${index + 10}`);
      for (const end of ends) await put(`${path}/${end}`, end);
      const pages = await byPath(path);
      expect(pages.every((page) => page.length <= 10)).toBe(true);
      expect(namesOf(pages)).toEqual(ends.map((end) => `${path}/${end}`));
      expect(namesOf(await byPath(path, { MaxResults: 5 }))).toEqual(namesOf(pages));
    });

    test('knows pages of 1 to 10', async () => {
      for (const MaxResults of [0, 11]) {
        expect(
          await refusal(client.send(new GetParametersByPathCommand({ Path: root, MaxResults }))),
        ).toBe('ValidationException');
      }
    });

    test('of which nothing is known is empty', async () => {
      expect((await byPath(freshName(), { Recursive: true })).flat()).toEqual([]);
    });

    test('needs a slash in front', async () => {
      expect(await failure(byPath('app'))).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining('must begin with a forward slash'),
      });
    });
  });

  describe('a description', () => {
    test('tells everything but the value', async () => {
      const name = await create('x', { Description: 'about it' });
      const found = await describeOne(name);
      expect(found).toMatchObject({
        Name: name,
        Type: 'SecureString',
        KeyId: 'alias/aws/ssm',
        Description: 'about it',
        Version: 1,
        Tier: 'Standard',
        DataType: 'text',
      });
      expect(found?.LastModifiedDate).toBeInstanceOf(Date);
      expect(found).not.toHaveProperty('Value');
    });

    test('is found by name and by path', async () => {
      const path = freshName();
      for (const end of ['a', 'b', 'deep/c']) await put(`${path}/${end}`, end);
      const own = [`${path}/a`, `${path}/b`];
      const filter = (Key: string, Option: string | undefined, text: string) =>
        described([{ Key, Option, Values: [text] }]);
      expect(namesOf(await filter('Name', 'Equals', `${path}/a`))).toEqual([`${path}/a`]);
      expect(namesOf(await filter('Name', 'BeginsWith', path))).toEqual([...own, `${path}/deep/c`]);
      expect(namesOf(await filter('Path', 'OneLevel', path))).toEqual(own);
      expect(namesOf(await filter('Path', 'Recursive', path))).toEqual([...own, `${path}/deep/c`]);
      expect(
        namesOf(
          await described([
            { Key: 'Path', Option: 'Recursive', Values: [path] },
            { Key: 'Name', Option: 'Contains', Values: ['deep'] },
          ]),
        ),
      ).toEqual([`${path}/deep/c`]);
    });

    test('comes in pages of fifty at most', async () => {
      const path = freshName();
      for (const end of ['a', 'b', 'c']) await put(`${path}/${end}`, end);
      const filters = [{ Key: 'Path', Option: 'OneLevel', Values: [path] }];
      const pages = await described(filters, 2);
      expect(pages.every((page) => page.length <= 2)).toBe(true);
      expect(namesOf(pages)).toEqual(['a', 'b', 'c'].map((end) => `${path}/${end}`));
    });

    test('knows pages of 1 to 50', async () => {
      for (const MaxResults of [0, 51]) {
        expect(await refusal(client.send(new DescribeParametersCommand({ MaxResults })))).toBe(
          'ValidationException',
        );
      }
    });

    test('refuses filters that there are not', async () => {
      expect(await refusal(described([{ Key: 'Colour', Values: ['red'] }]))).toBe(
        'ValidationException',
      );
      expect(await refusal(described([{ Key: 'Label', Values: ['a'] }]))).toBe('InvalidFilterKey');
      expect(await refusal(described([{ Key: 'Path', Option: 'Equals', Values: ['/a'] }]))).toBe(
        'InvalidFilterOption',
      );
    });
  });

  describe('history', () => {
    test('has every version, with what it was', async () => {
      const name = await create('one', { Description: 'first' });
      await put(name, 'two', { Description: 'second' });
      await label(name, ['live', 'good'], 1);
      const [first, second] = (await history(name)).flat();
      expect(first).toMatchObject({
        Name: name,
        Version: 1,
        Value: 'one',
        Description: 'first',
        Type: 'SecureString',
      });
      expect(first?.Labels?.toSorted()).toEqual(['good', 'live']);
      expect(first?.LastModifiedDate).toBeInstanceOf(Date);
      expect(second).toMatchObject({ Version: 2, Value: 'two', Description: 'second', Labels: [] });
    });

    test('comes in pages', async () => {
      const name = await create('1');
      for (const text of ['2', '3']) await put(name, text);
      const pages = await history(name, 2);
      expect(pages.map((page) => page.map(({ Value }) => Value))).toEqual([['1', '2'], ['3']]);
    });
  });

  describe('labels', () => {
    test('move from version to version', async () => {
      const name = await create('one');
      await put(name, 'two');
      await label(name, ['live'], 1);
      expect((await label(name, ['live'])).ParameterVersion).toBe(2);
      expect(await value(`${name}:live`)).toBe('two');
      expect((await history(name)).flat().map(({ Labels }) => Labels)).toEqual([[], ['live']]);
    });

    test('with other characters, or a reserved start, are returned', async () => {
      const name = await create('x');
      const bad = ['1st', 'aws-a', 'ssm.a', 'a/b'];
      const { InvalidLabels } = await label(name, ['good', ...bad]);
      expect(InvalidLabels?.toSorted()).toEqual(bad.toSorted());
    });

    test('are ten on a version at most', async () => {
      const name = await create('x');
      await label(
        name,
        Array.from({ length: 10 }, (_, index) => `l${index}`),
      );
      expect(await refusal(label(name, ['more']))).toBe('ParameterVersionLabelLimitExceeded');
    });

    test('need a version that there is', async () => {
      expect(await refusal(label(await create('x'), ['a'], 7))).toBe('ParameterVersionNotFound');
    });
  });

  describe('deletion', () => {
    test('is final', async () => {
      const name = await create('x');
      await client.send(new DeleteParameterCommand({ Name: name }));
      expect(await refusal(read(name))).toBe('ParameterNotFound');
    });

    test('of several tells which there were', async () => {
      const [a, b, missing] = [await create('a'), await create('b'), freshName()];
      const answer = await client.send(new DeleteParametersCommand({ Names: [a, missing, b] }));
      expect(answer.DeletedParameters?.toSorted()).toEqual([a, b].toSorted());
      expect(answer.InvalidParameters).toEqual([missing]);
      expect(await refusal(read(a))).toBe('ParameterNotFound');
    });

    test('takes ten at most', async () => {
      const Names = Array.from({ length: 11 }, freshName);
      expect(await refusal(client.send(new DeleteParametersCommand({ Names })))).toBe(
        'ValidationException',
      );
    });
  });

  describe('tags', () => {
    const tagsOf = async (ResourceId: string): Promise<Record<string, string>> => {
      const { TagList = [] } = await client.send(
        new ListTagsForResourceCommand({ ResourceType: 'Parameter', ResourceId }),
      );
      return Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value]));
    };

    test('come with the first version, or later', async () => {
      const name = await create('x', { Tags: [{ Key: 'strongroom:name', Value: 'a/b = c' }] });
      await put(name, 'y');
      const resource = { ResourceType: 'Parameter', ResourceId: name } as const;
      await client.send(
        new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'team', Value: 'us' }] }),
      );
      expect(await tagsOf(name)).toEqual({ 'strongroom:name': 'a/b = c', team: 'us' });
      await client.send(
        new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['team', 'none'] }),
      );
      expect(await tagsOf(name)).toEqual({ 'strongroom:name': 'a/b = c' });
    });

    test('are refused together with Overwrite', async () => {
      expect(
        await failure(put(freshName(), 'x', { Tags: [{ Key: 'a', Value: 'b' }] })),
      ).toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining("tags and overwrite can't be used together"),
      });
    });

    test('have no braces, quotes or commas', async () => {
      for (const Value of ['{"a":1}', 'a,b', "it's"]) {
        expect(await refusal(create('x', { Tags: [{ Key: 'a', Value }] }))).toBe(
          'ValidationException',
        );
      }
    });

    test('belong to a parameter that there is', async () => {
      expect(await refusal(tagsOf(freshName()))).toBe('InvalidResourceId');
    });
  });

  test('refuses a page token that is not its own', async () => {
    const NextToken = 'made-up';
    for (const ask of [
      async () => client.send(new GetParametersByPathCommand({ Path: root, NextToken })),
      async () => client.send(new DescribeParametersCommand({ NextToken })),
    ]) {
      expect(await refusal(ask())).toBe('InvalidNextToken');
    }
  });
});
