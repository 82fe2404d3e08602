#pragma once
// Everything that a domain or a program needs.

#include "seriatim/aggregate_root.hpp"
#include "seriatim/application.hpp"
#include "seriatim/command_service.hpp"
#include "seriatim/database.hpp"
#include "seriatim/decimal.hpp"
#include "seriatim/domain.hpp"
#include "seriatim/errors.hpp"
#include "seriatim/execution.hpp"
#include "seriatim/json.hpp"
#include "seriatim/plugin.hpp"
#include "seriatim/repository.hpp"
#include "seriatim/validation.hpp"
#include "seriatim/views.hpp"
