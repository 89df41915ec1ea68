/** What `strongroom serve` counts, as the text of Prometheus. No label names a secret, a grant or a client. */

/** Seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

export type Labels = Readonly<Record<string, string>>;

class Counter {
  readonly #values = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  add(labels: Labels, by = 1): void {
    const key = labelText(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  text(): string {
    const lines = [...this.#values].map(
      ([labels, value]) => `${this.name}${labels} ${String(value)}`,
    );
    return [...headOf(this.name, this.help, 'counter'), ...lines].join('\n');
  }
}

const headOf = (name: string, help: string, type: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

/** Values of labels are ours, and hold neither quotes nor line breaks. */
const labelText = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

export class Metrics {
  readonly #requests = new Counter(
    'strongroom_http_requests_total',
    'Answered calls, by route and status.',
  );
  readonly #refusals = new Counter(
    'strongroom_http_refusals_total',
    'Calls that were refused before they were carried out, by reason.',
  );
  readonly #buckets = new Map<number, number>(BUCKETS.map((bucket) => [bucket, 0]));
  #count = 0;
  #seconds = 0;
  #underWay = 0;

  constructor(
    private readonly version: string,
    /** Seconds since 1970, UTC. */
    private readonly startedAt: number,
  ) {}

  get underWay(): number {
    return this.#underWay;
  }

  begin(): void {
    this.#underWay += 1;
  }

  /** @param seconds how long it took; `route` is one of few, never the path of the call */
  end(route: string, status: number, seconds: number): void {
    this.#underWay -= 1;
    this.#requests.add({ route, status: String(status) });
    this.#count += 1;
    this.#seconds += seconds;
    for (const [bucket, count] of this.#buckets) {
      if (seconds <= bucket) this.#buckets.set(bucket, count + 1);
    }
  }

  refused(reason: string): void {
    this.#refusals.add({ reason });
  }

  text(): string {
    const duration = 'strongroom_http_request_duration_seconds';
    return `${[
      this.#requests.text(),
      this.#refusals.text(),
      ...headOf(duration, 'How long calls took.', 'histogram'),
      ...[...this.#buckets].map(
        ([bucket, count]) => `${duration}_bucket{le="${String(bucket)}"} ${String(count)}`,
      ),
      `${duration}_bucket{le="+Inf"} ${String(this.#count)}`,
      `${duration}_sum ${String(this.#seconds)}`,
      `${duration}_count ${String(this.#count)}`,
      ...headOf('strongroom_http_requests_under_way', 'Calls that have no answer yet.', 'gauge'),
      `strongroom_http_requests_under_way ${String(this.#underWay)}`,
      ...headOf('strongroom_build_info', 'The version of Strongroom.', 'gauge'),
      `strongroom_build_info${labelText({ version: this.version })} 1`,
      ...headOf('process_start_time_seconds', 'When it started, since 1970, UTC.', 'gauge'),
      `process_start_time_seconds ${String(this.startedAt)}`,
      ...headOf('process_resident_memory_bytes', 'Resident memory.', 'gauge'),
      `process_resident_memory_bytes ${String(process.memoryUsage.rss())}`,
    ].join('\n')}\n`;
  }
}
