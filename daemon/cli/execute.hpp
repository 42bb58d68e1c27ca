#pragma once

#include "cli/context.hpp"

namespace dockerext::cli {

// Runs one command. Each overload has a file of its own.
Exit execute(const Run& command, Context& context);
Exit execute(const Apply& command, Context& context);
Exit execute(const Validate& command, Context& context);
Exit execute(const ShowPlan& command, Context& context);
Exit execute(const ShowStatus& command, Context& context);
Exit execute(const Explain& command, Context& context);
Exit execute(const ShowHistory& command, Context& context);
Exit execute(const Reconcile& command, Context& context);
Exit execute(const Restart& command, Context& context);
Exit execute(const Rollback& command, Context& context);
Exit execute(const Pause& command, Context& context);
Exit execute(const Resume& command, Context& context);
Exit execute(const Down& command, Context& context);
Exit execute(const RemoveEngine& command, Context& context);
Exit execute(const ShowLogs& command, Context& context);
Exit execute(const ShowSettings& command, Context& context);
Exit execute(const Diagnose& command, Context& context);
Exit execute(const WriteReport& command, Context& context);
Exit execute(const SupportBundle& command, Context& context);
Exit execute(const Import& command, Context& context);
Exit execute(const ShowSwarmTokens& command, Context& context);
Exit execute(const RotateSwarm& command, Context& context);
Exit execute(const RecoverSwarm& command, Context& context);
Exit execute(const LeaveSwarm& command, Context& context);

}  // namespace dockerext::cli
