// Generated from src/gradwalk/studio/protocol.py by `python -m gradwalk.studio.typescript`; don't edit.


/** Bytes in one request's frame. */
export const LARGEST = 8000000;

/** Several updates in a row: plain gradient steps on ``params`` (all parameters if empty). */
export interface Training {
  rate: number;
  steps: number;
  params?: string[];
}

/** Where a walk comes from: exactly one of formula, walk (a walk file's text), script (the one given) or example. */
export interface Source {
  formula?: string | null;
  walk?: string | null;
  script?: boolean;
  example?: string | null;
  values?: Record<string, unknown>;
  of?: string;
  training?: Training | null;
}

/** One node's value rounded to some decimals; everything after it follows. */
export interface Rounding {
  node: number;
  digits: number;
}

/** Which walk, with which leaf values (``leaves``: id to number or nested lists), shown to how many digits. */
export interface State {
  key: string;
  leaves?: Record<string, unknown>;
  rounding?: Rounding | null;
  digits?: number;
}

/** Make a walk and lay it out within ``width``; ``open`` lists groups to show opened. Reply: `WalkReply`. */
export interface OpenRequest {
  source: Source;
  width?: number;
  open?: string[];
  turn?: number;
  kind: "open";
}

/** Lay the same walk out again. Reply: `LayoutReply`. */
export interface LayoutRequest {
  key: string;
  width: number;
  open?: string[];
  turn?: number;
  kind: "layout";
}

/** The walk's numbers with other leaf values. Reply: `ValuesReply`. */
export interface ValuesRequest {
  state: State;
  kind: "values";
}

/** One step written out. Reply: `StepReply`. */
export interface StepRequest {
  state: State;
  step: number;
  kind: "step";
}

/** Why the gradient of one node (of one entry of it) is its number. Reply: `WhyReply`. */
export interface WhyRequest {
  state: State;
  node: number;
  entry?: number[];
  kind: "why";
}

/** What the gradients cost in three ways. Reply: `CostReply`. */
export interface CostRequest {
  key: string;
  kind: "cost";
}

/** Proof beside every gradient: finite differences with step size ``eps``, and PyTorch's value. Reply: `CheckReply`. */
export interface CheckRequest {
  state: State;
  eps?: number;
  kind: "check";
}

/** The walk as it is now beside the walk as it was opened. Reply: `CompareReply`. */
export interface CompareRequest {
  state: State;
  kind: "compare";
}

/** Predict, then reveal: what to ask a learner, number by number. Reply: `PracticeReply`. */
export interface PracticeRequest {
  state: State;
  kind: "practice";
}

/** Is this the ``asked`` number of one step? Reply: `AnswerReply`. */
export interface AnswerRequest {
  state: State;
  step: number;
  asked: "value" | "local" | "contribution" | "total";
  answer: number;
  kind: "answer";
}

/** A function of one variable between two ends: values, slopes, and the tangent at ``at``. Reply: `CurveReply`. */
export interface CurveRequest {
  formula: string;
  name: string;
  low: number;
  high: number;
  at: number;
  nudge?: number;
  values?: Record<string, unknown>;
  points?: number;
  kind: "curve";
}

/** A function of two variables on a grid, with both cross-sections through a point. Reply: `GridReply`. */
export interface GridRequest {
  formula: string;
  names: string[];
  low: number[];
  high: number[];
  at: number[];
  values?: Record<string, unknown>;
  points?: number;
  kind: "grid";
}

/** A composition of functions of one variable, link by link of the chain. Reply: `ChainReply`. */
export interface ChainRequest {
  formula: string;
  name: string;
  low: number;
  high: number;
  at: number;
  values?: Record<string, unknown>;
  points?: number;
  kind: "chain";
}

/** The output of a walk over two of its scalar leaves, with a path of descent on it. Reply: `SurfaceReply`. */
export interface SurfaceRequest {
  state: State;
  names: string[];
  low: number[];
  high: number[];
  rate?: number;
  steps?: number;
  points?: number;
  kind: "surface";
}

/** The walk as a file. Reply: `ExportReply`. */
export interface ExportRequest {
  state: State;
  form: "html" | "svg" | "tex" | "json" | "txt";
  step?: number;
  kind: "export";
}

/** What there is to pick from: examples and lessons. Reply: `CatalogueReply`. */
export interface CatalogueRequest {
  kind: "catalogue";
}

/** One lesson. Reply: `LessonReply`. */
export interface LessonRequest {
  slug: string;
  kind: "lesson";
}

/** One node: what doesn't change with the values. ``place`` is [line, column, end line, end column] in ``file``. */
export interface NodeInfo {
  id: number;
  name: string;
  role: "parameter" | "input" | "constant" | "result";
  op: string;
  inputs: number[];
  shape: number[];
  offset: number;
  size: number;
  has_gradient: boolean;
  turn: number;
  symbols: string;
  file: string;
  place: number[];
  scope: string[];
  elided: boolean;
}

/** One step: ``offsets`` into the steps buffer for upstream, local, contribution, total (−1: none), ``sizes`` alike. */
export interface StepInfo {
  phase: "forward" | "seed" | "backward" | "update";
  node: number;
  input: number;
  slot: number;
  offsets: number[];
  sizes: number[];
  symbols: string;
  mathml: string;
  shape_note: string;
}

/** A whole walk with its layout; the numbers are in the buffers. ``layout`` is walk/layout.py's Layout as JSON. */
export interface WalkReply {
  key: string;
  title: string;
  outputs: number[];
  turns: number;
  nodes: NodeInfo[];
  steps: StepInfo[];
  files: Record<string, string>;
  layout: Record<string, unknown>;
  grains: Record<string, number[][]>;
  formula: string;
  warnings: string[];
  kind: "walk";
}

/** The same walk laid out again. */
export interface LayoutReply {
  layout: Record<string, unknown>;
  kind: "layout";
}

/** New numbers for the walk, in the buffers. */
export interface ValuesReply {
  key: string;
  warnings: string[];
  kind: "values";
}

/** One step in MathML (symbols, numbers put in, result) and as a sentence for the narrated line and screen readers. */
export interface StepReply {
  step: number;
  symbols: string;
  numbers: string;
  result: string;
  sentence: string;
  kind: "step";
}

/** One factor of a path: ∂consumer/∂input, with its step in the walk (−1 if it has none) and its source line. */
export interface FactorInfo {
  name: string;
  mathml: string;
  value: number;
  node: number;
  input: number;
  step: number;
  place: string;
  code: string;
}

/** One path: factors, product, its part of all |products| in percent, and where the decisive factor stands (−1: none). */
export interface PathInfo {
  factors: FactorInfo[];
  product: number;
  exact: boolean;
  percent: number;
  decisive: number;
}

/** One consumer's contribution; ``exact`` as in `PathInfo`, of upstream · local. */
export interface UseInfo {
  name: string;
  node: number;
  symbols: string;
  upstream: number | null;
  local: number | null;
  contribution: number;
  exact: boolean;
  place: string;
}

/** A factor that is zero, and how many paths it silences (as text: counts can be huge). */
export interface ZeroInfo {
  factor: FactorInfo;
  paths: string;
}

/** The reason for one gradient; counts are text, because they can be huge. */
export interface WhyReply {
  node: number;
  entry: number[];
  symbol: string;
  mathml: string;
  gradient: number;
  uses: UseInfo[];
  count: string;
  paths: PathInfo[];
  rest_count: string;
  rest_sum: number;
  zeros: ZeroInfo[];
  kind: "why";
}

/** Multiplications in three ways (text: they can be huge), and shared factors as [name, times]. */
export interface CostReply {
  path_by_path: string;
  forward_mode: string;
  reverse_mode: string;
  paths: string;
  leaves: number;
  shared: string[][];
  saved_entries: number;
  saved_bytes: number;
  kind: "cost";
}

/** One leaf: its gradient, what each reference says (numbers, or nested lists), and the largest of the differences. */
export interface CheckLine {
  name: string;
  node: number;
  gradient: unknown;
  found: Record<string, unknown>;
  differences: Record<string, number>;
  largest: number;
  ok: boolean;
}

/** Every gradient with its proof. */
export interface CheckReply {
  ok: boolean;
  references: string[];
  lines: CheckLine[];
  notes: string[];
  kind: "check";
}

/** One value or gradient that differs from the walk as it was opened. */
export interface DifferenceInfo {
  name: string;
  what: "value" | "gradient";
  before: unknown;
  after: unknown;
}

/** What an edit changed. */
export interface CompareReply {
  sentence: string;
  differences: DifferenceInfo[];
  kind: "compare";
}

/** One number to predict: where it arises, the question, how it is written, and what it is (for the reveal). */
export interface QuestionInfo {
  step: number;
  asked: "value" | "local" | "contribution" | "total";
  text: string;
  symbol: string;
  expected: number;
}

/** The numbers to predict, in the order in which they arise. */
export interface PracticeReply {
  questions: QuestionInfo[];
  kind: "practice";
}

/** Right, or what went wrong. ``mistake`` is "" when right; ``expected`` is for the reveal. */
export interface AnswerReply {
  right: boolean;
  mistake: "" | "sign" | "factor" | "path" | "slope" | "rounding" | "other";
  sentence: string;
  expected: number;
  kind: "answer";
}

/** Buffers: x, y, slope. ``predicted`` is slope · nudge (``exact`` as displayed), ``actual`` what the function does. */
export interface CurveReply {
  value: number;
  slope: number;
  predicted: number;
  exact: boolean;
  actual: number;
  flat: number[];
  mathml: string;
  kind: "curve";
}

/** Buffers: z (row per second variable), the section along the first variable, the section along the second. */
export interface GridReply {
  value: number;
  partials: number[];
  mathml: string;
  kind: "grid";
}

/** One link of a chain: a function of what comes before it, at its own point. */
export interface LinkInfo {
  name: string;
  symbols: string;
  mathml: string;
  input: number;
  output: number;
  slope: number;
  low: number;
  high: number;
}

/** Buffers: x and y of each link in turn. ``slope`` is the product of the links' slopes, ``exact`` as displayed. */
export interface ChainReply {
  links: LinkInfo[];
  slope: number;
  exact: boolean;
  kind: "chain";
}

/** Buffers: z (row per second leaf), the descent as x, y, loss of each step. */
export interface SurfaceReply {
  value: number;
  kind: "surface";
}

/** A file's name, type and text. */
export interface ExportReply {
  name: string;
  type: string;
  text: string;
  kind: "export";
}

/** One example to pick. */
export interface ExampleInfo {
  name: string;
  title: string;
  formula: string;
  values: Record<string, unknown>;
  params: string[];
}

/** One lesson in the list. */
export interface LessonInfo {
  slug: string;
  title: string;
  summary: string;
}

/** Examples, lessons, the glossary (term → meaning), and whether a script was given. */
export interface CatalogueReply {
  examples: ExampleInfo[];
  lessons: LessonInfo[];
  glossary: Record<string, string>;
  script: string;
  torch: boolean;
  kind: "catalogue";
}

/** One lesson as HTML; ``<gw-…>`` elements in it are components, their settings in attributes. */
export interface LessonReply {
  slug: string;
  title: string;
  html: string;
  previous: string;
  next: string;
  kind: "lesson";
}

/** What went wrong, in a sentence, with the place ([line, column, end column], 1-based line) and the cure. */
export interface ErrorReply {
  code: "formula" | "walk" | "gone" | "too-large" | "too-slow" | "superseded" | "bad-message" | "internal";
  sentence: string;
  cure: string;
  place: number[];
  missing: string[];
  kind: "error";
}

export type Request = OpenRequest | LayoutRequest | ValuesRequest | StepRequest | WhyRequest | CostRequest | CheckRequest | CompareRequest | PracticeRequest | AnswerRequest | CurveRequest | GridRequest | ChainRequest | SurfaceRequest | ExportRequest | CatalogueRequest | LessonRequest;

export type Reply = WalkReply | LayoutReply | ValuesReply | StepReply | WhyReply | CostReply | CheckReply | CompareReply | PracticeReply | AnswerReply | CurveReply | GridReply | ChainReply | SurfaceReply | ExportReply | CatalogueReply | LessonReply | ErrorReply;
