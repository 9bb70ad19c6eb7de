// Generated from src/gradwalk/studio/protocol/ by `python -m gradwalk.studio.typescript`; don't edit.


/** Bytes in one request's frame. */
export const LARGEST = 8000000;

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

/** What there is to pick from: examples and lessons. Reply: `CatalogueReply`. */
export interface CatalogueRequest {
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

/** One lesson. Reply: `LessonReply`. */
export interface LessonRequest {
  slug: string;
  kind: "lesson";
}

/** What went wrong, in a sentence, with the place ([line, column, end column], 1-based line) and the cure. */
export interface ErrorReply {
  code: "formula" | "walk" | "setting" | "gone" | "too-large" | "too-slow" | "superseded" | "bad-message" | "internal";
  sentence: string;
  cure: string;
  place: number[];
  missing: string[];
  setting: string;
  entry: string;
  kind: "error";
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

/** Buffers: z (row per second variable), the section along the first variable, the section along the second. */
export interface GridReply {
  value: number;
  partials: number[];
  mathml: string;
  kind: "grid";
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

/** Buffers: z (row per second leaf), the descent as x, y, loss of each step. */
export interface SurfaceReply {
  value: number;
  kind: "surface";
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

/** Everything that the health of a network's gradients depends on, checked when it is made. */
export interface HealthSettings {
  data: string;
  depth: number;
  width: number;
  activation: string;
  init: string;
  init_scale: number;
  bias: number;
  residual: boolean;
  normalization: string;
  optimizer: string;
  lr: number;
  clip: number | null;
  batch_size: number;
  steps: number;
  seed: number;
}

/** What one layer does to the gradient. */
export interface LayerFlow {
  name: string;
  gradient: number;
  weight_gradient: number;
  slope: number;
  normalization: number;
  weight: number;
  around: number;
  attenuation: number;
  product: number;
  dead: number;
  saturated: number;
}

/** A backward pass: the loss, the length of its gradient for the output, and each layer from the input's side on. */
export interface Flow {
  loss: number;
  seed: number;
  layers: LayerFlow[];
}

/** Some updates: the loss of each one's batch before it, and what became of the layers. */
export interface Course {
  losses: number[];
  updates: number[];
  moved: number[];
  dead: number[];
}

/** The first backward pass of a network, layer by layer, and what some updates make of it. */
export interface HealthReport {
  settings: HealthSettings;
  flow: Flow;
  course: Course;
}

/** One network's report, the names of the problems that it has, how its gradient comes through (``journey``), and what */
export interface ExaminedInfo {
  report: HealthReport;
  exact: boolean[];
  found: string[];
  journey: string;
  sentence: string;
}

/** The network as it is, and with the remedies; ``done`` when both have been trained to the end. */
export interface HealthReply {
  before: ExaminedInfo;
  after: ExaminedInfo;
  done: boolean;
  kind: "health";
}

/** Examine a deep network, as it is and with remedies. Reply: `HealthReply`. */
export interface HealthRequest {
  settings: HealthSettings;
  remedies?: string[];
  turn?: number;
  kind: "health";
}

/** One value or gradient that differs between two walks: how long it is in each (the root of the sum of squares). */
export interface LengthsInfo {
  name: string;
  what: "value" | "gradient";
  before: number;
  after: number;
}

/** Where two walks part. */
export interface PairReply {
  sentence: string;
  differences: LengthsInfo[];
  kind: "pair";
}

/** A training, completely: ``settings`` as `gradwalk.train.Settings` writes them, and data that no name stands for. */
export interface Experiment {
  settings?: Record<string, unknown>;
  points?: number[][];
  table?: string;
  file?: string;
  key?: string;
}

/** A place in a training: the beginning of a step (counted from 0), or after one of that step's phases. */
export interface Moment {
  experiment: Experiment;
  step: number;
  phase?: "" | "forward" | "loss" | "backward" | "update";
  piece?: number | null;
  row?: number | null;
}

/** Several updates in a row: plain gradient steps on ``params`` (all parameters if empty). */
export interface Training {
  rate: number;
  steps: number;
  params?: string[];
}

/** Where a walk comes from: exactly one of formula, walk (a file's text), script, example, health (a deep network) and */
export interface Source {
  formula?: string | null;
  walk?: string | null;
  script?: boolean;
  example?: string | null;
  moment?: Moment | null;
  values?: Record<string, unknown>;
  of?: string;
  training?: Training | null;
  health?: HealthSettings | null;
}

/** The walks of two sources beside each other. Reply: `PairReply`. */
export interface PairRequest {
  before: Source;
  after: Source;
  kind: "pair";
}

/** One problem: what one notices, why, what helps; a network that has it, and the names of the remedies. */
export interface ProblemInfo {
  name: string;
  title: string;
  symptom: string;
  cause: string;
  cure: string;
  settings: HealthSettings;
  remedies: string[];
}

/** One remedy: what it does to a gradient. Of those that change the same ``part`` only one can be taken. */
export interface RemedyInfo {
  name: string;
  title: string;
  effect: string;
  part: string;
}

/** ``choices`` has the possible values of each setting that is a name, ``ranges`` [least, most] of each number. */
export interface ProblemsReply {
  problems: ProblemInfo[];
  remedies: RemedyInfo[];
  choices: Record<string, string[]>;
  ranges: Record<string, number[]>;
  kind: "problems";
}

/** What can go wrong with gradients, what helps, and what a deep network can be made of. Reply: `ProblemsReply`. */
export interface ProblemsRequest {
  kind: "problems";
}

/** Gradients of many batches of each size, measured against the gradient of all points. */
export interface Spread {
  sizes: number[];
  along: number[][];
  deviation: number[];
  expected: number[];
  noise: number[];
}

/** How gradients of batches lie about the gradient of all points: of the network as it is, and with the remedies. */
export interface SpreadReply {
  before: Spread;
  after: Spread;
  kind: "spread";
}

/** The spread of the gradient over batch sizes, as the network is and with remedies. Reply: `SpreadReply`. */
export interface SpreadRequest {
  settings: HealthSettings;
  remedies?: string[];
  kind: "spread";
}

/** What is learned from: how many rows there are to learn and to judge by, what the columns are, which task it is. */
export interface DataInfo {
  name: string;
  rows: number;
  held_out: number;
  columns: string[];
  target: string;
  task: "regression" | "binary" | "classes";
  classes: string[];
  picture: number[];
  extent: number[][];
  metric: string;
  notes: string[];
}

/** Loss and metric (accuracy, or R²) on a part of the data. */
export interface MeasuredInfo {
  loss: number;
  metric: number;
}

/** One layer with weights at a moment: norms of its gradient, weights and last update; what its units did on the batch. */
export interface LayerInfo {
  name: string;
  weights: number[];
  gradient: number | null;
  weight: number;
  update: number | null;
  ratio: number | null;
  mean: number;
  std: number;
  dead: number;
  saturated: number | null;
}

/** What one buffer of a `LabReply` is: its name, its shape, the least and greatest number in it; a note for the reader. */
export interface PartInfo {
  name: string;
  shape: number[];
  low: number;
  high: number;
  note: string;
}

/** A training at a moment. The buffers are Float64, in the order of ``parts``: */
export interface LabReply {
  key: string;
  step: number;
  phase: string;
  piece: number;
  pieces: number;
  epoch: number;
  batch: number;
  batches: number;
  furthest: number;
  last: number;
  lr: number;
  loss: number | null;
  train: MeasuredInfo;
  held_out: MeasuredInfo | null;
  layers: LayerInfo[];
  parts: PartInfo[];
  data: DataInfo;
  settings: Record<string, unknown>;
  stopped: string;
  remarks: string[];
  kind: "lab";
}

/** Where a training stands at a moment; or after training on from there. Reply: `LabReply`. */
export interface LabRequest {
  moment: Moment;
  seconds?: number;
  play?: string;
  until?: number | null;
  parts?: string[];
  grid?: number;
  since?: number;
  kind: "lab";
}

/** Buffers: the probability of each class (or the number predicted); the gradient of the loss for each input. */
export interface LookReply {
  decided: string;
  loss: number;
  classes: string[];
  kind: "look";
}

/** What a trained network says of one row that isn't in the data, and how its loss changes with each input. Reply: `LookReply`. */
export interface LookRequest {
  moment: Moment;
  inputs: number[];
  label: number;
  kind: "look";
}

/** One parameter: its short name (W1), its path in the network, its shape. */
export interface ParameterInfo {
  name: string;
  path: string;
  shape: number[];
}

/** Where a training stands after training on, as in a `LabReply`; the buffer, where there is a map, is Float32: the */
export interface PictureReply {
  key: string;
  step: number;
  phase: string;
  piece: number;
  last: number;
  stopped: string;
  boundary: PartInfo | null;
  kind: "picture";
}

/** Train on as a `LabRequest` does, and show only what the map is painted from, which is quick. Reply: `PictureReply`. */
export interface PictureRequest {
  moment: Moment;
  seconds: number;
  play: string;
  until?: number | null;
  grid?: number;
  kind: "picture";
}

/** Buffer: the rows' inputs in the data's own units, [rows, columns]. */
export interface RowsReply {
  rows: number[];
  columns: string[];
  kind: "rows";
}

/** Some rows of an experiment's data, first those to learn from, then those held out. Reply: `RowsReply`. */
export interface RowsRequest {
  experiment: Experiment;
  rows: number[];
  kind: "rows";
}

/** The rule for the chosen entry in MathML: with names, with numbers; and what it comes to (``relation``: = or ≈). */
export interface StoryInfo {
  symbols: string;
  numbers: string;
  relation: string;
  before: number;
  after: number;
  change: number;
}

/** The parameter itself, its gradient, or something remembered of it: its norm, its least and greatest number; and its */
export interface TensorInfo {
  name: string;
  symbol: string;
  norm: number;
  low: number;
  high: number;
  before: number | null;
  after: number | null;
}

/** How an optimizer moves one parameter at a moment. The buffers are ``tensors``, each as [rows, entries]. */
export interface UpdateReply {
  optimizer: string;
  rule: string;
  settings: Record<string, unknown>;
  parameters: ParameterInfo[];
  name: string;
  entry: number[];
  when: "made" | "coming" | "waiting";
  step: number;
  story: StoryInfo | null;
  tensors: TensorInfo[];
  kind: "update";
}

/** How an update came about, or what the next one will do: of one entry of one parameter ("W1"). Reply: `UpdateReply`. */
export interface UpdateRequest {
  moment: Moment;
  parameter?: string;
  entry?: number[];
  kind: "update";
}

/** Right, or what went wrong. ``mistake`` is "" when right; ``expected`` is for the reveal. */
export interface AnswerReply {
  right: boolean;
  mistake: "" | "sign" | "factor" | "path" | "slope" | "rounding" | "other";
  sentence: string;
  expected: number;
  kind: "answer";
}

/** Is this the ``asked`` number of one step? Reply: `AnswerReply`. */
export interface AnswerRequest {
  state: State;
  step: number;
  asked: "value" | "local" | "contribution" | "total";
  answer: number;
  kind: "answer";
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

/** Every gradient of one turn with its proof; ``pending`` names the references that aren't ready: ask again soon. */
export interface CheckReply {
  turn: number;
  ok: boolean;
  references: string[];
  lines: CheckLine[];
  notes: string[];
  pending: string[];
  kind: "check";
}

/** Proof beside every gradient of a turn: finite differences with step size ``eps``, and PyTorch's value. Reply: `CheckReply`. */
export interface CheckRequest {
  state: State;
  eps?: number;
  turn?: number;
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

/** The walk as it is now beside the walk as it was opened. Reply: `CompareReply`. */
export interface CompareRequest {
  state: State;
  kind: "compare";
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

/** What the gradients cost in three ways. Reply: `CostReply`. */
export interface CostRequest {
  key: string;
  kind: "cost";
}

/** One factor of a path: ∂consumer/∂input, with its step in the walk (−1 if it has none) and its source line. */
export interface FactorInfo {
  name: string;
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

/** Predict, then reveal: what to ask a learner, number by number. Reply: `PracticeReply`. */
export interface PracticeRequest {
  state: State;
  kind: "practice";
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

/** One step written out. Reply: `StepReply`. */
export interface StepRequest {
  state: State;
  step: number;
  kind: "step";
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
  gradient: number;
  uses: UseInfo[];
  count: string;
  paths: PathInfo[];
  rest_count: string;
  rest_sum: number;
  zeros: ZeroInfo[];
  kind: "why";
}

/** Why the gradient of one node (of one entry of it) is its number. Reply: `WhyReply`. */
export interface WhyRequest {
  state: State;
  node: number;
  entry?: number[];
  kind: "why";
}

/** A file's name, type and text. */
export interface ExportReply {
  name: string;
  type: string;
  text: string;
  kind: "export";
}

/** The walk as a file. Reply: `ExportReply`. */
export interface ExportRequest {
  state: State;
  form: "html" | "svg" | "tex" | "json" | "txt";
  step?: number;
  kind: "export";
}

/** The same walk laid out again. */
export interface LayoutReply {
  layout: Record<string, unknown>;
  kind: "layout";
}

/** Lay the same walk out again. Reply: `LayoutReply`. */
export interface LayoutRequest {
  key: string;
  width: number;
  open?: string[];
  turn?: number;
  kind: "layout";
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

/** Make a walk and lay it out within ``width``; ``open`` lists groups to show opened. Reply: `WalkReply`. */
export interface OpenRequest {
  source: Source;
  width?: number;
  open?: string[];
  turn?: number;
  kind: "open";
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

/** New numbers for the walk, in the buffers. */
export interface ValuesReply {
  key: string;
  warnings: string[];
  kind: "values";
}

/** The walk's numbers with other leaf values. Reply: `ValuesReply`. */
export interface ValuesRequest {
  state: State;
  kind: "values";
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

export type Request = OpenRequest | LayoutRequest | ValuesRequest | StepRequest | WhyRequest | CostRequest | CheckRequest | CompareRequest | PracticeRequest | AnswerRequest | CurveRequest | GridRequest | ChainRequest | SurfaceRequest | ExportRequest | CatalogueRequest | LessonRequest | ProblemsRequest | HealthRequest | SpreadRequest | PairRequest | LabRequest | PictureRequest | LookRequest | RowsRequest | UpdateRequest;

export type Reply = WalkReply | LayoutReply | ValuesReply | StepReply | WhyReply | CostReply | CheckReply | CompareReply | PracticeReply | AnswerReply | CurveReply | GridReply | ChainReply | SurfaceReply | ExportReply | CatalogueReply | LessonReply | ProblemsReply | HealthReply | SpreadReply | PairReply | LabReply | PictureReply | LookReply | RowsReply | UpdateReply | ErrorReply;
