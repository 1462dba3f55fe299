// SPDX-License-Identifier: LGPL-2.1-or-later
// unitlock why: whether Landlock lets a service do something, and why; and what else would refuse
// it. Exit status 0 allowed by Landlock, 1 denied, 2 no answer.
#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "advise/denial_questions.hpp"
#include "base/number.hpp"
#include "cli/context.hpp"
#include "cli/journal_options.hpp"
#include "cli/named_unit.hpp"
#include "cli/render.hpp"
#include "cli/running_policy.hpp"
#include "cli/shown_abi.hpp"
#include "cli/this_machine.hpp"
#include "cli/verbs.hpp"
#include "cli/view_of.hpp"
#include "cli/why_text.hpp"
#include "journal/denial_stream.hpp"
#include "policy/difference.hpp"
#include "unit/mount_settings.hpp"

namespace unitlock::cli {
namespace {

using advise::Answer;
using advise::Because;
using advise::Outcome;
using advise::Question;
using advise::Sight;
using advise::Surroundings;
using machine::ServiceReport;

struct Options {
  std::string unit; ///< or the ID of a denial, where no right is asked for
  std::string right, object;
  int abi = -1;
  JournalOptions journal;
};

/// The files as a service sees them, with whom it runs as.
class View {
public:
  View(const Root& root, const ServiceReport& report, RuntimeScope scope)
      : unit_(report.declared.unit), settings_(unit_, scope), scope_(scope),
        pid_(running_pid(report)), own_root_(open_own_root()),
        sight_(own_root_ ? Sight(*own_root_)
                         : Sight(root,
                                 [this](std::string_view path) {
                                   return settings_.replaced(path) != nullptr;
                                 })),
        identity_(find_identity(root)) {
    auto text = root.read_file("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if (text)
      first_free_port_ = static_cast<unsigned>(std::strtoul(text->c_str(), nullptr, 10));
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  const Sight& sight() const { return sight_; }

  /// Whose permissions are looked at, where those of others may count; empty where it is only them.
  std::string said_of_permissions() const {
    if (!identity_)
      return "permissions of files are not looked at: as whom it runs is not known";
    return identity_->uid != 0
               ? ""
               : fmt::format("permissions of files are looked at for {}: its processes that run as "
                             "another user are refused by theirs",
                             identity_->who);
  }

  Surroundings surroundings(const Answer& answer) const {
    Surroundings around = {unit_,           scope_, identity_, {}, {}, own_root_.has_value(),
                           first_free_port_};
    const Question& question = answer.question;
    if (answer.decided_at.empty())
      return around;
    add_way(around, question.path, false);
    add_way(around, answer.decided_at, true);
    if (!question.names_directory && question.path != answer.decided_at)
      around.target = sight_.look(sight_.resolve(question.path));
    return around;
  }

private:
  static std::int64_t running_pid(const ServiceReport& report) {
    const machine::Service* service = report.service();
    return service && machine::is_running(*service) ? service->main_pid : 0;
  }

  /// Only who may trace the service may look there.
  std::optional<Root> open_own_root() const {
    if (pid_ == 0)
      return std::nullopt;
    auto opened = Root::open(fmt::format("/proc/{}/root", pid_));
    return opened ? std::optional(std::move(*opened)) : std::nullopt;
  }

  std::optional<advise::Identity> find_identity(const Root& root) const {
    if (pid_ != 0)
      if (auto status = root.read_file(fmt::format("/proc/{}/status", pid_)))
        return advise::identity_of_process(*status);
    if (scope_ == RuntimeScope::User)
      return std::nullopt;
    return advise::identity_of_unit(unit_, root);
  }

  /// The directories that lead to a path, links followed; `with_last`: and what is there.
  void add_way(Surroundings& around, const std::string& path, bool with_last) const {
    std::size_t end = 0;
    do {
      std::string step = end == 0 ? "/" : path.substr(0, end);
      if (end == path.size() && !with_last)
        break;
      std::string real = sight_.resolve(step);
      around.way.emplace_back(real, sight_.look(real));
      if (end == path.size() || path == "/")
        break;
      end = std::min(path.find('/', end + 1), path.size());
    } while (true);
  }

  const Unit& unit_;
  MountSettings settings_;
  RuntimeScope scope_;
  std::int64_t pid_;
  std::optional<Root> own_root_;
  Sight sight_;
  std::optional<advise::Identity> identity_;
  unsigned first_free_port_ = 1024;
};

/// What speaks for a service that no policy confines; nullopt where one does.
std::optional<advise::Verdict> verdict_without_policy(const Declaration& declaration) {
  switch (declaration.state) {
  case Declaration::State::Confined:
    if (declaration.policy.mode == Mode::Enforce)
      return std::nullopt;
    break;
  case Declaration::State::Invalid:
    return advise::Verdict{Outcome::NoStart, Because::InvalidDeclaration};
  case Declaration::State::None:
  case Declaration::State::Off:
  case Declaration::State::NothingToConfine:
  case Declaration::State::Unwrappable:
    break;
  }
  return advise::Verdict{Outcome::Allowed, Because::NotConfined};
}

/// Why no policy is in force, where the declaration meant one.
Diagnostics errors_of(const Declaration& declaration) {
  Diagnostics errors;
  for (const Diagnostic& diagnostic : declaration.diagnostics)
    if (diagnostic.severity == Severity::Error)
      errors.push_back(diagnostic);
  return errors;
}

Answer answer_without_policy(const Question& question, const advise::Verdict& verdict) {
  Answer answer;
  answer.question = question;
  answer.verdict = verdict;
  return answer;
}

class Inquiry {
public:
  Inquiry(const Context& context, const Root& root, const DeclarationIndex& index,
          const Options& options, const ServiceReport& report)
      : context_(context), root_(root), index_(index), report_(report),
        view_(root, report, context.scope()),
        abi_(shown_abi(context, options.abi, report.declared.declaration.policy)) {
    find_running_policy();
  }

  const Sight& sight() const { return view_.sight(); }

  Explanation explain(const Question& question) const {
    Explanation explanation;
    explanation.unit = report_.facts.unit;
    explanation.abi = abi_;
    const Declaration& declaration = report_.facts.declaration;
    auto verdict = verdict_without_policy(declaration);
    explanation.answer =
        verdict ? answer_without_policy(question, *verdict) : ask(declaration.policy, question);
    if (verdict)
      explanation.errors = errors_of(declaration);
    if (running_)
      explanation.running =
          running_->mode == Mode::Enforce
              ? ask(*running_, question)
              : answer_without_policy(question, {Outcome::Allowed, Because::NotConfined});
    explanation.caveat = caveat_;
    if (!explanation.answer.remedy.empty())
      explanation.concerns = advise::remedy_concerns(
          explanation.answer, view_of(context_, root_, index_, report_.declared));
    if (std::string said = view_.said_of_permissions();
        !said.empty() && !explanation.answer.decided_at.empty())
      explanation.answer.notes.push_back(said);
    explanation.others = advise::other_refusals(question, view_.surroundings(explanation.answer));
    return explanation;
  }

private:
  Answer ask(const Policy& policy, const Question& question) const {
    return advise::why({policy, view_.sight(), report_.facts.unit, context_.scope()}, question,
                       abi_.abi);
  }

  /// Only where it is another one than the declared.
  void find_running_policy() {
    if (!context_.is_this_machine())
      return;
    auto running = running_policy(report_);
    auto declared = declared_policy(context_, report_);
    if (running && (!declared || !difference(*running, *declared).empty()))
      running_ = std::move(*running);
    const machine::Service* service = report_.service();
    bool runs = service && machine::is_running(*service);
    if (!running && runs)
      caveat_ = "not known, perhaps nothing confines it: " + to_string(running.error());
    else if (!runs && report_.verdict.state == machine::State::NotEnforced)
      caveat_ = "it would not be confined: " + report_.verdict.reason;
  }

  const Context& context_;
  const Root& root_;
  const DeclarationIndex& index_;
  const ServiceReport& report_;
  View view_;
  ShownAbi abi_;
  std::optional<Policy> running_;
  std::string caveat_;
};

int print(const Context& context, const std::vector<Explanation>& explanations) {
  int status = kWell;
  for (const Explanation& explanation : explanations) {
    if (context.json())
      fmt::print("{}", json_line(explanation_json(explanation)));
    else
      print_explanation(stdout, explanation);
    Outcome outcome = explanation.answer.verdict.outcome;
    if (outcome == Outcome::Denied || outcome == Outcome::NoStart)
      status = kNotWell;
    else if (outcome == Outcome::CannotTell && status == kWell)
      status = kNoAnswer;
  }
  return status;
}

/// The denials of one audit event. Errors: there is none with this ID.
Result<std::vector<journal::DenialEvent>> find_denials(const Context& context,
                                                       const Options& options) {
  std::size_t at = options.unit.find('@');
  auto serial = to_number<std::uint64_t>(std::string_view(options.unit).substr(0, at));
  if (!serial)
    return fail(
        fmt::format("'{}' is no denial's ID; of a service, name the right too", options.unit));
  auto query = options.journal.query(context);
  if (!query)
    return tl::unexpected(query.error());
  query->with_probes = true;
  if (at != std::string::npos)
    query->boot = options.unit.substr(at + 1);
  else if (!query->boot)
    query->boot = "0";
  auto journal = journal::Journal::open(options.journal.location(context));
  if (!journal)
    return tl::unexpected(journal.error());
  auto window = journal::window_of(*journal, *query);
  if (!window)
    return tl::unexpected(window.error());
  std::vector<journal::DenialEvent> found;
  journal::DenialStream stream(*journal, *query, *window);
  auto read = stream.read([&](const journal::DenialEvent& event) {
    if (event.denial.serial == serial)
      found.push_back(event);
  });
  if (!read)
    return tl::unexpected(read.error());
  if (found.empty())
    return fail(fmt::format("there is no denial {}", options.unit));
  return found;
}

/// The service that was denied. Errors: it is not known, or another manager's.
Result<std::string> unit_of(const Context& context, const journal::DenialEvent& event) {
  const journal::Attribution& attribution = event.attribution;
  if (!journal::is_believed(attribution.certainty))
    return fail(fmt::format("whose denial it is, is {}", to_string(attribution.certainty)));
  if (attribution.unit.user != context.uid())
    return fail(attribution.unit.user ? "it is a denial of a user's service: --user of this user"
                                      : "it is a denial of a service of the system");
  return attribution.unit.name;
}

class Verb {
public:
  Verb(const Context& context, const Options& options, const Root& root)
      : context_(context), options_(options), root_(root), index_(root, context.manager(root)),
        // Not assigned: what it has points at each other.
        machine_(context.is_this_machine() ? ThisMachine::connect(context.scope())
                                           : ThisMachine()) {}

  /// Errors: what is asked means nothing, or nobody knows.
  Result<void> ask() {
    auto name = service_name(options_.unit);
    if (!name)
      return tl::unexpected(name.error());
    return explain(*name, [&](const Sight& sight) {
      return advise::read_question(options_.right, options_.object, sight, PortNames(root_));
    });
  }

  Result<void> ask_of_denial() {
    auto events = find_denials(context_, options_);
    if (!events)
      return tl::unexpected(events.error());
    for (const journal::DenialEvent& event : *events) {
      auto name = unit_of(context_, event);
      if (!name)
        return tl::unexpected(name.error());
      std::size_t first = explanations_.size();
      auto explained =
          explain(*name, [&](const Sight&) { return advise::questions_of(event.denial); });
      if (!explained)
        return explained;
      set_denial(event, first);
    }
    return {};
  }

  const std::vector<Explanation>& explanations() const { return explanations_; }

private:
  /// Of the explanations from `first` on. A denial of several rights is expected where each is.
  void set_denial(const journal::DenialEvent& event, std::size_t first) {
    bool is_expected = std::none_of(
        explanations_.begin() + static_cast<std::ptrdiff_t>(first), explanations_.end(),
        [](const Explanation& each) { return each.answer.expected.empty(); });
    for (; first < explanations_.size(); ++first) {
      Explanation& each = explanations_[first];
      each.denial = event;
      if (each.answer.verdict.outcome == Outcome::Allowed &&
          each.answer.verdict.because == Because::Granted)
        each.answer.notes.emplace_back(
            "it was denied all the same: before this was declared and in force, or what the rule "
            "names was made, replaced or mounted after the start (then a restart helps)");
      if (!is_expected)
        explanations_[first].answer.expected.clear();
    }
  }

  template <class Questions>
  Result<void> explain(const std::string& unit, Questions questions_for) {
    ServiceReport report = machine_.survey(root_, index_, context_).report(unit);
    if (!report.declared.exists())
      return fail(fmt::format("there is no {}", unit));
    Inquiry inquiry(context_, root_, index_, options_, report);
    auto questions = questions_for(inquiry.sight());
    if (!questions)
      return tl::unexpected(questions.error());
    for (const Question& question : *questions)
      explanations_.push_back(inquiry.explain(question));
    return {};
  }

  const Context& context_;
  const Options& options_;
  const Root& root_;
  DeclarationIndex index_;
  ThisMachine machine_;
  std::vector<Explanation> explanations_;
};

int why(const Context& context, const Options& options) {
  auto root = Root::open(context.root_directory());
  if (!root)
    return no_answer(root.error());
  Verb verb(context, options, *root);
  auto asked = options.right.empty() ? verb.ask_of_denial() : verb.ask();
  if (!asked)
    return no_answer(asked.error());
  return print(context, verb.explanations());
}

} // namespace

void add_why(CLI::App& app, Context& context) {
  CLI::App* verb =
      app.add_subcommand("why", "Say whether a service may do something, and by which rule");
  auto options = std::make_shared<Options>();
  verb->add_option("UNIT|ID", options->unit,
                   "A service; \"nginx\" means nginx.service. Or the ID of a denial")
      ->required();
  verb->add_option("RIGHT", options->right,
                   "A right (fs.read_file, bind_tcp), a directive (ReadOnlyPaths), or read, "
                   "write, create, remove, execute, bind, connect, signal, mount");
  verb->add_option("OBJECT", options->object, "A path, a port (perhaps ADDRESS:PORT), or a name");
  verb->add_option("--abi", options->abi, "On a kernel of this Landlock ABI (0: none)")
      ->check(CLI::Range(0, landlock::kNewestAbi))
      ->type_name("N");
  options->journal.add_to(*verb);
  add_output_option(*verb, context, "text, or json (one object a right)");
  verb->footer("Exit status: 0 allowed by Landlock, 1 denied, 2 no answer.\n"
               "See unitlock-why(1).");
  verb->callback([&context, options] {
    context.run = [&context, options] { return why(context, *options); };
  });
}

} // namespace unitlock::cli
