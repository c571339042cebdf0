// Calls of the API, by the session of whoever writes. A refusal says its own sentence.
export class Refusal extends Error {
  constructor(
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }
}

export class Away extends Error {}

export type Finding = {
  path: string;
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  rule: string;
  severity: string;
  message: string;
  suggestion: string | null;
};

export type Citable = {
  event: string;
  ids: string[];
  at: string;
  time: string;
  lane: string;
  source: string;
  summary: string;
  key: boolean;
  definition: string;
};

export class Server {
  constructor(
    private readonly postmortem: string,
    private readonly token: string,
  ) {}

  async call<Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
    let answer: Response;
    try {
      answer = await fetch(`/api/v1/postmortems/${this.postmortem}${path}`, {
        method,
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
        body: body === undefined ? null : JSON.stringify(body),
        signal: signal ?? AbortSignal.timeout(20_000),
        keepalive: method !== "GET" && JSON.stringify(body ?? "").length < 60_000,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Away("The server does not answer.");
    }
    if (answer.ok) return (await answer.json()) as Answer;
    const told = (await answer.json().catch(() => ({}))) as { detail?: string };
    if (answer.status >= 500 || answer.status === 429) throw new Away(told.detail ?? "The server cannot answer now.");
    throw new Refusal(answer.status, told.detail ?? `The server refuses (${answer.status}).`);
  }
}
