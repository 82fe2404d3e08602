#pragma once
// The kit's own: seriatim's tests and those of domains use the same throw-away PostgreSQL.

#include "seriatim/testing/throwaway_cluster.hpp"
